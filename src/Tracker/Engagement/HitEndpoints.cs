using Tracker.Access;
using Tracker.Domain.Signals;
using Tracker.Outbound;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>The facts of one request, as they are kept.</summary>
/// <param name="Network">The known network it came from.</param>
/// <param name="Source">The /24 or /48 it came from; the address itself is not kept.</param>
public sealed record FactsView(
    string Method, string UserAgent, IReadOnlyDictionary<string, string> Headers, string? Network, string Source, string OwnVisit, DateTimeOffset? SentAt);

public sealed record OpinionView(string Rule, string? Verdict, double Confidence, string Reason);

public sealed record HitView(
    string HitId, string CopyId, string MessageId, string ProspectId, string Recipient, string Kind, int? Link, DateTimeOffset At, string Verdict, double Confidence,
    IReadOnlyList<string> Reasons, long RulesVersion, FactsView Facts, IReadOnlyList<OpinionView> Opinions);

/// <param name="At">When the rep had the thread open; default: now.</param>
public sealed record ViewedAt(DateTimeOffset? At);

public static class HitEndpoints
{
    public static void MapHits(this IEndpointRouteBuilder api)
    {
        api.MapGet("/hits/{id}", GetAsync).RequireScope(Scopes.Read).WithTags("Hits").WithName("getHit").WithSummary("Why a hit was judged as it was")
            .WithDescription("Its facts, what every rule says of it, and the verdict.").Produces<HitView>().ProducesProblems(Problems.NotFound);
        api.MapGet("/messages/{id}/timeline", MessageAsync).RequireScope(Scopes.Read).WithTags("Messages").WithName("messageTimeline")
            .WithSummary("A message's hits, oldest first").Produces<Page<TimelineHit>>().ProducesProblems(Problems.NotFound, Problems.InvalidParameter);
        api.MapPost("/messages/{id}/viewed", ViewedAsync).RequireScope(Scopes.Send).WithTags("Messages").WithName("markViewed")
            .WithSummary("Says that the rep has this mail's thread open")
            .WithDescription("Without `at`: now. Pictures that a mailbox's proxy fetched from 20 s before to 25 s after it may be the rep's own and become `unknown`. "
                + "Say it when the thread is opened, and every 20 s while it stays open.")
            .Produces<MessageView>().ProducesProblems(Problems.NotFound, Problems.InvalidParameter, Problems.InvalidJson);
        api.MapGet("/prospects/{id}/timeline", ProspectAsync).RequireScope(Scopes.Read).WithTags("Prospects").WithName("prospectTimeline")
            .WithSummary("Everything that happened with a prospect, newest first").Produces<Page<TimelineItem>>().ProducesProblems(Problems.NotFound, Problems.InvalidParameter);
    }

    static async Task<IResult> GetAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time)
    {
        var view = await database.ReadAsync(s => HitReader.FindAsync(s, Ids.Parse(id) ?? 0, caller.RepId, time.GetUtcNow()), http.RequestAborted);
        return view is null ? Problems.NoSuch("hit", id) : TypedResults.Ok(view);
    }

    static async Task<IResult> ViewedAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, ViewedAt? body)
    {
        var now = time.GetUtcNow();
        var at = Times.Past("at", body?.At ?? now, now);
        var view = await database.WriteAsync(async s =>
        {
            var message = await MessageReader.FindAsync(s, Ids.Parse(id), caller.RepId);
            if (message is not null)
            {
                await ThreadViews.NoteAsync(s, Ids.Parse(id)!.Value, at, now);
            }
            return message;
        }, http.RequestAborted);
        return view is null ? Problems.NoSuch("message", id) : TypedResults.Ok(view);
    }

    static async Task<IResult> MessageAsync(string id, HttpContext http, Caller caller, Database database, int? limit, string? after)
    {
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        var page = await database.ReadAsync(
            async s => await MessageReader.FindAsync(s, Ids.Parse(id), caller.RepId) is null ? null : await Timelines.OfMessageAsync(s, Ids.Parse(id)!.Value, most, cursor),
            http.RequestAborted);
        return page is null ? Problems.NoSuch("message", id) : TypedResults.Ok(page);
    }

    static async Task<IResult> ProspectAsync(
        string id, HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time, int? limit, string? after)
    {
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        var page = await database.ReadAsync(
            async s => await ProspectReader.FindAsync(s, Ids.Parse(id), caller.RepId, settings.HeatScale, time.GetUtcNow()) is null
                ? null : await Timelines.OfProspectAsync(s, Ids.Parse(id)!.Value, caller.RepId, most, cursor),
            http.RequestAborted);
        return page is null ? Problems.NoSuch("prospect", id) : TypedResults.Ok(page);
    }
}
