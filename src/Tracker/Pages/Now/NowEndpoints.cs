using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.Engagement;
using Tracker.Feed;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.Touches;
using Tracker.Outbound;
using Tracker.Prompts;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Now;

/// <summary>The live page, and the parts that its modules fetch. What a rep does goes over REST.</summary>
public static class NowEndpoints
{
    /// <summary>Entries on the first page of the feed, and on each earlier one: the page stays light, and a day of one rep fits.</summary>
    const int FirstRows = 60, EarlierRows = 200;

    /// <summary>Entries taken in at once by a page that was away; it asks again for the rest.</summary>
    const int LiveRows = 500;

    /// <summary>A digest looks at no more: beyond this it says at least.</summary>
    const int AwayRows = 5000;

    public static void MapNow(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/", NowAsync);
        pages.MapGet("/now/live", LiveAsync);
        pages.MapGet("/now/earlier", EarlierAsync);
        pages.MapGet("/now/away", AwayAsync);
        pages.MapGet("/now/hits/{id}", WhyAsync);
        pages.MapGet("/now/outcome/{outcome}", OutcomeAsync);
    }

    static FeedFilter Own(Viewer viewer) => new(viewer.Rep.Id, new Dictionary<string, string>());

    static async Task<IResult> NowAsync(HttpContext http, Viewer viewer, Database database, OwnAddresses own, TrackerSettings settings, PublicAddress address)
    {
        await own.NoteAsync(http, viewer.Rep.Id);
        await database.WriteAsync(s => Sessions.SeenAsync(s, SessionCookie.Read(http.Request)!, viewer.Now), http.RequestAborted);
        return await database.ReadAsync(async s =>
        {
            // The last id first: what comes in between is fetched again, never missed.
            var last = await FeedReader.LastIdAsync(s);
            var (rows, before) = await FeedReader.BeforeAsync(s, Own(viewer), last + 1, FirstRows);
            var waiting = await PromptCards.WaitingAsync(s, viewer.Rep.Id);
            return PageEndpoints.Show<NowPage>(new
            {
                Viewer = viewer, Cards = await PromptCards.OpenAsync(s, viewer.Rep.Id, settings.HeatScale, viewer.Now), Lines = await LinesAsync(s, rows), Last = last, Before = before,
                waiting.Snoozed, waiting.Missed, Colleagues = (IReadOnlyList<Rep>)[.. (await Reps.ListAsync(s)).Where(r => r.Id != viewer.Rep.Id)],
                NoMail = !await MessageReader.AnyAsync(s, viewer.Rep.Id), Address = address.Url,
                Alerts = await AlertChoices.OfAsync(s, viewer.Rep.Id),
            });
        }, http.RequestAborted);
    }

    /// <summary>Everything since an entry: prompts as they now stand, and lines of the feed.</summary>
    static async Task<IResult> LiveAsync(HttpContext http, Viewer viewer, Database database, OwnAddresses own, TrackerSettings settings, long after)
    {
        // A page that is open since yesterday is used from a network whose hash is another today.
        await own.NoteAsync(http, viewer.Rep.Id);
        return await SinceAsync(http, viewer, database, settings, after);
    }

    static Task<IResult> SinceAsync(HttpContext http, Viewer viewer, Database database, TrackerSettings settings, long after) => database.ReadAsync<IResult>(async s =>
    {
        var (rows, lookedTo) = await FeedReader.ReadAsync(s, Own(viewer), after, LiveRows);
        var ids = rows.Where(r => r.Type.StartsWith("prompt.", StringComparison.Ordinal)).Select(PromptOf).Distinct().ToList();
        var cards = await PromptCards.OfAsync(s, viewer.Rep.Id, ids, settings.HeatScale, viewer.Now);
        var open = cards.Where(c => c.Prompt.State == PromptStates.Open).Select(c => c.Prompt.Id).ToHashSet();
        var waiting = await PromptCards.WaitingAsync(s, viewer.Rep.Id);
        return PageEndpoints.Show<LivePart>(new
        {
            Viewer = viewer, Cards = cards, Lines = await LinesAsync(s, rows), Last = Math.Max(after, lookedTo), More = rows.Count == LiveRows, waiting.Snoozed, waiting.Missed,
            Quiet = (await AlertChoices.OfAsync(s, viewer.Rep.Id)).WorkingHoursOnly && !(await RepTimes.LoadAsync(s, viewer.Rep.Id)).IsOpen(viewer.Now),
            Gone = (IReadOnlyList<(string, string)>)[.. ids.Select(Ids.Text).Where(id => !open.Contains(id)).Select(id => (id, Why(cards.FirstOrDefault(c => c.Prompt.Id == id)?.Prompt)))],
        });
    }, http.RequestAborted);

    static long PromptOf(FeedRow row) => Ids.Parse(System.Text.Json.JsonDocument.Parse(row.Data).RootElement.GetProperty("id").GetString()!)!.Value;

    static string Why(PromptView? prompt) => prompt?.State switch
    {
        null => "handed to a colleague",
        PromptStates.Snoozed => "snoozed",
        PromptStates.Expired => "nobody called: the call is owed now",
        PromptStates.Withdrawn => "taken back: a machine after all",
        PromptStates.Dismissed => "dismissed",
        _ => prompt.Outcome is { } outcome ? Outcomes.Text(outcome) : prompt.State,
    };

    static Task<IResult> EarlierAsync(HttpContext http, Viewer viewer, Database database, long before) => database.ReadAsync<IResult>(async s =>
    {
        var (rows, lookedTo) = await FeedReader.BeforeAsync(s, Own(viewer), before, EarlierRows);
        return PageEndpoints.Show<EarlierPart>(new { Viewer = viewer, Lines = await LinesAsync(s, rows), Before = lookedTo });
    }, http.RequestAborted);

    static Task<IResult> AwayAsync(HttpContext http, Viewer viewer, Database database, long after) => database.ReadAsync<IResult>(async s =>
    {
        var (rows, _) = await FeedReader.ReadAsync(s, Own(viewer), after, AwayRows);
        var lines = await LinesAsync(s, rows);
        var people = lines.Where(l => l.Tone == "human").ToList();
        return PageEndpoints.Show<AwayPart>(new
        {
            People = (IReadOnlyList<string>)[.. people.Select(l => l.Who).Distinct()], Clicks = people.Count(l => l.IsClick),
            Missed = rows.Count(r => r.Type == FeedTypes.PromptExpired), Replies = rows.Count(r => r.Type == "reply"), Automatic = lines.Count(l => l.Tone == "machine"),
        });
    }, http.RequestAborted);

    static async Task<IResult> WhyAsync(string id, HttpContext http, Viewer viewer, Database database)
    {
        var hit = await database.ReadAsync(s => HitReader.FindAsync(s, Ids.Parse(id) ?? 0, viewer.Sees, viewer.Now), http.RequestAborted);
        return hit is null ? Problems.NoSuch("hit", id) : PageEndpoints.Show<WhyPart>(new { Viewer = viewer, Hit = hit });
    }

    static Task<IResult> OutcomeAsync(string outcome, HttpContext http, Viewer viewer, Database database, TrackerSettings settings, string? prospect) => database.ReadAsync<IResult>(async s =>
    {
        var parsed = Names.Parse<Outcome>("outcome", outcome);
        if (await ProspectReader.FindAsync(s, Ids.Parse(prospect ?? ""), viewer.Rep.Id, settings.HeatScale, viewer.Now) is not { } person)
        {
            return Problems.NoSuch("prospect", prospect ?? "");
        }
        var (next, mustBeGiven) = await NextStepPreview.OfAsync(s, Ids.Parse(person.Id)!.Value, viewer.Rep.Id, parsed, viewer.Now);
        return PageEndpoints.Show<OutcomeForm>(new { Viewer = viewer, Outcome = Names.Of(parsed), Next = next, MustBeGiven = mustBeGiven });
    }, http.RequestAborted);

    static async Task<IReadOnlyList<FeedLine>> LinesAsync(Session session, IReadOnlyList<FeedRow> rows) =>
        FeedLines.Of(rows, await ProspectNames.LoadAsync(session, [.. rows.Select(r => r.ProspectId ?? 0).Distinct()]));
}
