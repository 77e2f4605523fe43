using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Tracker.Access;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Feed;

/// <summary>One reader's stream, from the greeting until the reader leaves, the server stops, or the key or session is gone.</summary>
sealed class FeedStream(HttpContext http, Caller caller, Database database, FeedSignal signal, FeedTail tail, AccessSignal access, TimeSpan keepAlive, TimeProvider time)
{
    const int Batch = 200;

    /// <summary>A key or session that another server or a command has ended is noticed after this at the latest, however busy or quiet the feed is.</summary>
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    readonly TimeSpan _lookAgain = keepAlive < LookAgain ? keepAlive : LookAgain;
    long _sentAt, _lookedAt;

    /// <summary>Only looked at: a change wakes the feed too.</summary>
    Task _accessChanged = access.Next;

    public async Task RunAsync(FeedFilter filter, long? start, CancellationToken ct)
    {
        var position = await GreetAsync(start, ct);
        _lookedAt = time.GetTimestamp();
        // Taken before the looks, so that nothing slips in between.
        for (var wake = signal.Next; await MayReadAsync(ct); wake = signal.Next)
        {
            // A read of its own each time: no transaction or connection stays open while a slow reader takes its time.
            var (rows, lookedTo) = await tail.ReadAsync(filter, position, Batch, ct);
            if (rows.Count > 0)
            {
                await SendAsync(rows, ct);
            }
            position = Math.Max(position, lookedTo);
            if (rows.Count < Batch)
            {
                await WaitAsync(wake, ct);
            }
        }
    }

    /// <returns>The id to go on from.</returns>
    async Task<long> GreetAsync(long? start, CancellationToken ct)
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
        await SendAsync($"retry: 2000\nid: {at}\nevent: {FeedTypes.Ready}\ndata: {{\"after\":\"{at}\",\"missed\":{(missed ? "true" : "false")}}}\n\n", ct);
        return position;
    }

    /// <returns>False when the key was revoked or the session has ended since.</returns>
    async Task<bool> MayReadAsync(CancellationToken ct)
    {
        if (time.GetElapsedTime(_lookedAt) < _lookAgain && !_accessChanged.IsCompleted)
        {
            return true;
        }
        _accessChanged = access.Next;
        var now = await database.ReadAsync(s => Credentials.FindAsync(s, http.Request, time.GetUtcNow()), ct);
        _lookedAt = time.GetTimestamp();
        return now?.Id == caller.Id && now.RepId == caller.RepId && now.Scopes.Contains(Scopes.Read);
    }

    /// <summary>Until there may be something new, or the key is to be looked at again. What is on the feed for others wakes this reader too, so what counts
    /// is when this one was last sent anything.</summary>
    async Task WaitAsync(Task wake, CancellationToken ct)
    {
        var rest = Shorter(keepAlive - time.GetElapsedTime(_sentAt), _lookAgain - time.GetElapsedTime(_lookedAt));
        if (rest > TimeSpan.Zero)
        {
            // Not WaitAsync: that the time is over is no exception here.
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(wake, Task.Delay(rest, time, over.Token));
            await over.CancelAsync();
            ct.ThrowIfCancellationRequested();
        }
        if (time.GetElapsedTime(_sentAt) >= keepAlive)
        {
            await SendAsync(": still here\n\n", ct);
        }
    }

    static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    async Task SendAsync(IReadOnlyList<FeedRow> rows, CancellationToken ct)
    {
        foreach (var row in rows)
        {
            http.Response.BodyWriter.Write(row.Event.Span);
        }
        await FlushAsync(ct);
    }

    async Task SendAsync(string text, CancellationToken ct)
    {
        http.Response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));
        await FlushAsync(ct);
    }

    async Task FlushAsync(CancellationToken ct)
    {
        await http.Response.BodyWriter.FlushAsync(ct);
        _sentAt = time.GetTimestamp();
    }
}
