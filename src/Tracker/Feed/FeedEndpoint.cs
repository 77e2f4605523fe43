using System.Globalization;
using Tracker.Access;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Feed;

public static class FeedEndpoint
{
    public static void MapFeed(this IEndpointRouteBuilder api) => api.MapGet("/feed", ReadAsync)
        .RequireScope(Scopes.Read).WithTags("Feed").WithName("readFeed")
        .WithSummary("What happens, as it happens")
        .WithDescription("""
            Server-Sent Events; `id:` is the feed id. Begins with `ready`. Resumes without a gap or a repeat from `Last-Event-ID` or `?after=`; without
            either it begins now, and `?after=0` begins with the oldest entry kept. With `Accept: application/json` a page of entries, oldest first.
            `?metadata.NAME=VALUE` shows only what concerns messages with that metadata.
            """)
        .Produces<Page<object>>(200, "application/json", "text/event-stream")
        .ProducesProblems(Problems.InvalidParameter);

    static async Task<IResult> ReadAsync(
        HttpContext http, Caller caller, Database database, FeedSignal signal, FeedTail tail, AccessSignal access, TrackerSettings settings, TrackerMetrics metrics, TimeProvider time,
        IHostApplicationLifetime lifetime, string? after, int? limit)
    {
        var filter = FeedFilter.Of(caller, http.Request);
        if (http.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return await PageAsync(database, filter, after, Paging.Limit(limit), http.RequestAborted);
        }
        // A browser that reconnects repeats the address it began with, ?after= included: what it saw last counts more.
        var from = http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } seen ? seen : after;
        var start = from is null ? (long?)null : FeedId(from);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        metrics.FeedReader(+1);
        try
        {
            await new FeedStream(http, caller, database, signal, tail, access, settings.Feed.KeepAlive, time).RunAsync(filter, start, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The reader left or the server stops: the normal end of a stream.
        }
        finally
        {
            metrics.FeedReader(-1);
        }
        return Results.Empty;
    }

    static async Task<IResult> PageAsync(Database database, FeedFilter filter, string? after, int limit, CancellationToken ct)
    {
        var start = after is null ? 0 : FeedId(after);
        var (rows, _) = await database.ReadAsync(s => FeedReader.ReadAsync(s, filter, start, limit + 1), ct);
        return TypedResults.Ok(new Page<object>(
            [.. rows.Take(limit).Select(FeedReader.ToJson)],
            rows.Count > limit ? rows[limit - 1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    static long FeedId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? id
        : throw new ProblemException(Problems.Parameter("after", text, "the id of a feed entry, or 0"));
}
