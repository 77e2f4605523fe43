using static Tracker.Commands.Demo.Cast;

namespace Tracker.Commands.Demo;

/// <summary>One moment of the day.</summary>
/// <param name="At">Seconds after the day began.</param>
abstract record Moment(double At);

/// <summary>Somebody fetches something of the prospect's mail.</summary>
/// <param name="Links">By label; none: the picture, <see cref="SalesDay.Every"/>: all of them at once.</param>
sealed record Visit(double At, DemoProspect Copy, Visitor By, params string[] Links) : Moment(At);

/// <summary>The rep answers the prospect's prompt.</summary>
/// <param name="Next">What was agreed, in so many days; null: what the outcome leaves to do.</param>
sealed record Answer(double At, DemoProspect About, string Outcome, string Note, int Minutes, (string Kind, int Days, string Reason)? Next = null) : Moment(At);

/// <summary>What happens, by the second. Marc stays silent: nothing comes from him all day.</summary>
static class SalesDay
{
    public const string Every = "*";

    static readonly Visitor
        PaulAtWork = Visitors.Outlook("192.0.2.21"), AnjaAtWork = Visitors.Outlook("192.0.2.34"), OliviaAtHome = Visitors.Gmail("2001:db8:20::51"),
        TomAtWork = Visitors.Outlook("198.51.100.14"), IngridAtWork = Visitors.Mac("203.0.113.8"), IngridsColleague = Visitors.Outlook("203.0.113.29"),
        PriyaOnHerMac = Visitors.Mac("2001:db8:40::7"), HelenAtWork = Visitors.Outlook("198.51.100.133");

    public static readonly Moment[] Moments =
    [
        // Machines first, as on every day: none of these raises a prompt.
        new Visit(0, Priya, Visitors.ApplePrivacy),
        new Visit(1.5, Olivia, Visitors.GmailPrefetch),
        new Visit(3, Tom, Visitors.Gateway, Every),
        new Visit(5, Helen, Visitors.LinkChecker, "Contract"),

        // The first people.
        new Visit(7, Paul, PaulAtWork),
        new Visit(11, Olivia, OliviaAtHome),
        new Visit(14, Ben, Visitors.OutlookOnTheWeb),
        new Visit(16, Ingrid, IngridAtWork),

        // Paul comes back; Ingrid shows a link to her team, and Slack looks before the colleague does.
        new Visit(19, Paul, PaulAtWork),
        new Visit(22, Ingrid, Visitors.SlackPreview, "Reference"),
        new Visit(27, Ingrid, IngridsColleague, "Reference"),

        // Tom himself, behind the gateway that scanned his mail.
        new Visit(30, Tom, TomAtWork),
        new Visit(33, Tom, TomAtWork, "Security answers"),
        new Visit(35, Paul, PaulAtWork, "Pricing"),

        // Lars's mail has only just gone out. What looks like a reader turns out to be a scan, and the prompt is taken back.
        new Visit(38, Lars, Visitors.UnlistedScanner),
        new Visit(43, Lars, Visitors.UnlistedScanner, "Draft contract"),
        new Visit(45, Lars, Visitors.UnlistedScanner, "Pilot plan"),
        new Visit(46.5, Lars, Visitors.UnlistedScanner, "Book 20 minutes"),

        new Visit(49, Olivia, OliviaAtHome, "Pricing"),
        new Visit(52, Paul, Visitors.OwnBrowser),
        new Answer(54, Paul, "connected", "Wants the Leipzig depot first. Sends the shift plan.", 6, ("meeting", 2, "go through the shift plan")),
        new Visit(57, Anja, AnjaAtWork, "Discount table"),
        new Visit(60, Helen, Visitors.SafeLink("198.51.100.133"), "Contract"),
        new Visit(60.6, Helen, HelenAtWork, "Contract"),
        new Visit(63, Olivia, Visitors.WhatsAppPreview, "Pricing"),
        new Visit(65, Ben, Visitors.Nameless, "Sample invoice"),

        // Apple hid whether Priya opened her mail. That she follows a link, nobody can hide.
        new Visit(68, Priya, PriyaOnHerMac, "Board summary"),
        new Answer(71, Tom, "voicemail", "", 1),
        new Visit(74, Ingrid, IngridAtWork, "Pricing"),
    ];

    /// <summary>After the day: one of these now and then, so that who looks later sees something too.</summary>
    public static readonly Visit[] Evening =
    [
        new(25, Olivia, OliviaAtHome), new(25, Priya, Visitors.ApplePrivacy), new(25, Ingrid, IngridAtWork), new(25, Helen, Visitors.Barracuda, Every), new(25, Priya, PriyaOnHerMac, "Pricing"),
    ];
}
