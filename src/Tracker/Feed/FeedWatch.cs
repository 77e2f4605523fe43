using System.Data.Common;
using Tracker.Access;
using Tracker.Storage;

namespace Tracker.Feed;

/// <summary>
/// Looks every second whether another process has put something on the feed: another server on the same PostgreSQL, or a command. Wakes the streams too when somebody's access
/// has changed, so that each need not wait for that itself.
/// </summary>
public sealed class FeedWatch(Database database, FeedSignal signal, AccessSignal access, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (seen, changed) = (-1L, access.Next);
        while (!stoppingToken.IsCancellationRequested)
        {
            seen = database.IsReady ? await LookAsync(seen, stoppingToken) : seen;
            await Task.WhenAny(changed, Task.Delay(Every, time, stoppingToken));
            if (changed.IsCompleted)
            {
                // Taken before the streams are told: what changes meanwhile is told again.
                changed = access.Next;
                signal.Wake();
            }
        }
    }

    async Task<long> LookAsync(long seen, CancellationToken ct)
    {
        try
        {
            var last = await database.ReadAsync(FeedReader.LastIdAsync, ct);
            if (last != seen)
            {
                signal.Wake();
            }
            return last;
        }
        catch (Exception e) when (e is DbException or OperationCanceledException or TimeoutException)
        {
            // The projector reports a database that is away; here there is only nothing to look at.
            return seen;
        }
    }
}
