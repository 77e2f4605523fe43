using Tracker.Outbound.Instrumenting;
using Tracker.Settings;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>
/// What one message, one rep or the settings wish for outgoing mail. Null leaves the choice to the next: the message first, then its <c>X-Track</c>
/// header, then the rep, then the settings.
/// </summary>
public sealed record OutboundOptions
{
    public const string Both = "both", Opens = "opens", Clicks = "clicks", Off = "off";

    public static readonly IReadOnlyList<string> Tracks = [Both, Opens, Clicks, Off];

    /// <summary>What is tracked: <c>both</c>, <c>opens</c>, <c>clicks</c> or <c>off</c>.</summary>
    public string? Track { get; init; }

    /// <summary>Links of the plain-text part too, whose readers see the long address.</summary>
    public bool? PlainTextLinks { get; init; }

    /// <summary>The covering text of calendar invitations too; never the calendar part.</summary>
    public bool? CalendarInvites { get; init; }

    /// <summary>Text of a link to the recipient's opt-out page at the end of the HTML: one line of at most 200 characters; empty for none.</summary>
    public string? OptOutFooter { get; init; }

    /// <summary>The tracking host, such as <c>https://t.example.com</c>; empty for the one of the sending domain, else <c>Tracker:PublicUrl</c>.</summary>
    public string? TrackingUrl { get; init; }

    /// <summary>These wishes, and where there is none, the next ones.</summary>
    public OutboundOptions Or(OutboundOptions? next) => next is null ? this : new()
    {
        Track = Track ?? next.Track, PlainTextLinks = PlainTextLinks ?? next.PlainTextLinks, CalendarInvites = CalendarInvites ?? next.CalendarInvites,
        OptOutFooter = OptOutFooter ?? next.OptOutFooter, TrackingUrl = TrackingUrl ?? next.TrackingUrl,
    };

    /// <returns>The same, with the trailing slash of the tracking host gone.</returns>
    /// <exception cref="ProblemException">A wish is none that can be met; the text names it and what it takes.</exception>
    public OutboundOptions Checked()
    {
        if (Track is not null && !Tracks.Contains(Track, StringComparer.Ordinal))
        {
            throw new ProblemException(Problems.Parameter("track", Track, $"one of: {string.Join(", ", Tracks)}"));
        }
        Texts.Line("optOutFooter", OptOutFooter);
        if (TrackingUrl is { Length: > 0 } && !PublicUrls.IsUsable(TrackingUrl))
        {
            throw new ProblemException(Problems.Parameter("trackingUrl", TrackingUrl, PublicUrls.Right));
        }
        return this with { TrackingUrl = TrackingUrl?.TrimEnd('/') };
    }

    /// <summary>For the instrumenter. What nobody wished is off, but for opens and clicks.</summary>
    /// <param name="publicUrl">Where the copies' tokens lead.</param>
    public InstrumentOptions Resolved(string publicUrl) => new()
    {
        PublicUrl = publicUrl,
        Opens = Track is null or Both or Opens,
        Clicks = Track is null or Both or Clicks,
        PlainTextLinks = PlainTextLinks ?? false,
        CalendarInvites = CalendarInvites ?? false,
        // Who is not tracked needs no way out of it.
        OptOutFooter = Track != Off && OptOutFooter is { Length: > 0 } footer ? footer : null,
    };

    /// <exception cref="ProblemException">The tracking host is one that others reach, and nobody has decided on recipients whose wish is unknown.</exception>
    public void CheckConsent(TrackerSettings settings)
    {
        if (TrackingUrl is { Length: > 0 } url && settings.UnknownConsent.Length == 0 && !Consent.IsLoopback(url))
        {
            throw new ProblemException(Problems.Parameter("trackingUrl", url, $"a loopback address while the setting Tracker:UnknownConsent is not set; that is {Consent.WhyItMustBeSet}"));
        }
    }

    /// <summary>What the mail itself wishes, by <c>X-Track</c>.</summary>
    public static OutboundOptions Of(OutboundMail mail) => new() { Track = mail.TrackWish };

    /// <summary>What was decided, for the message's record.</summary>
    public static OutboundOptions Of(InstrumentOptions decided) => new()
    {
        Track = (decided.Opens, decided.Clicks) switch { (true, true) => Both, (true, false) => Opens, (false, true) => Clicks, _ => Off },
        PlainTextLinks = decided.PlainTextLinks, CalendarInvites = decided.CalendarInvites, OptOutFooter = decided.OptOutFooter ?? "", TrackingUrl = decided.PublicUrl,
    };
}
