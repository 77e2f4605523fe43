using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Tracker.Access;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Feed;

public static class FeedEndpoint
{
    const int Batch = 200;

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
        HttpContext http, Caller caller, Database database, FeedSignal signal, TrackerSettings settings, TrackerMetrics metrics, IHostApplicationLifetime lifetime,
        string? after, int? limit)
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
            await StreamAsync(http, database, signal, settings.Feed.KeepAlive, filter, start, ends.Token);
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

    static async Task StreamAsync(
        HttpContext http, Database database, FeedSignal signal, TimeSpan keepAlive, FeedFilter filter, long? start, CancellationToken ct)
    {
        var (first, last) = await database.ReadAsync(async s => (await FeedReader.FirstIdAsync(s), await FeedReader.LastIdAsync(s)), ct);
        // An id that was never given is from before a restored backup: waiting for it would miss everything until then.
        var isForeign = start > last;
        var position = isForeign ? last : start ?? last;
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        // nginx would otherwise gather the stream in its buffer.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // Entries older than those kept were pruned: the reader is told, since it cannot know.
        var missed = isForeign || (position < first - 1 && start is > 0);
        var at = position.ToString(CultureInfo.InvariantCulture);
        await SendAsync(http, $"retry: 2000\nid: {at}\nevent: {FeedTypes.Ready}\ndata: {{\"after\":\"{at}\",\"missed\":{(missed ? "true" : "false")}}}\n\n", ct);
        while (true)
        {
            var wake = signal.Next;
            // A read of its own each time: no transaction or connection stays open while a slow reader takes its time.
            var (rows, lookedTo) = await database.ReadAsync(s => FeedReader.ReadAsync(s, filter, position, Batch), ct);
            if (rows.Count > 0)
            {
                await SendAsync(http, Text(rows), ct);
            }
            position = Math.Max(position, lookedTo);
            if (rows.Count < Batch)
            {
                await WaitAsync(http, wake, keepAlive, ct);
            }
        }
    }

    static async Task WaitAsync(HttpContext http, Task wake, TimeSpan keepAlive, CancellationToken ct)
    {
        try
        {
            await wake.WaitAsync(keepAlive, ct);
        }
        catch (TimeoutException)
        {
            await SendAsync(http, ": still here\n\n", ct);
        }
    }

    static string Text(IReadOnlyList<FeedRow> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            // The data is JSON on one line: a line break in a hostile subject is escaped there and cannot end the event.
            text.Append(CultureInfo.InvariantCulture, $"id: {row.Id}\nevent: {row.Type}\ndata: {row.Data}\n\n");
        }
        return text.ToString();
    }

    static async Task SendAsync(HttpContext http, string text, CancellationToken ct)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
        await http.Response.Body.FlushAsync(ct);
    }

    static long FeedId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? id
        : throw new ProblemException(Problems.Parameter("after", text, "the id of a feed entry, or 0"));
}
