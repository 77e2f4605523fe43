using System.Data.Common;
using Tracker.Engagement;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Web;

/// <summary>Once an hour, removes what is kept no longer: old feed entries, User-Agents, sessions, links and answers to repeated requests.</summary>
public sealed partial class Housekeeping(Database database, TrackerSettings settings, TimeProvider time, ILogger<Housekeeping> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromHours(1);
    static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);

    /// <summary>Rows in one transaction, so that the projector is never kept waiting long.</summary>
    const int Portion = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = FirstAfter;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || !database.IsReady)
            {
                continue;
            }
            try
            {
                await RunAsync(stoppingToken);
                wait = Every;
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException or OperationCanceledException)
            {
                LogFailed(e.Message);
            }
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        // Never the newest: it tells a reader who comes back after long that there was more.
        await InPortionsAsync(s => s.ExecuteAsync(
            $"delete from feed where id in (select id from feed where at_ms < @before and id < (select max(id) from feed) order by id limit {Portion})", new { before = (now - settings.Feed.Kept).Ms() }), ct);
        await InPortionsAsync(s => ClientReduction.RunAsync(s, now - settings.UserAgentsKept, now, Portion), ct);
        await database.WriteAsync(async s =>
        {
            await s.ExecuteAsync("delete from sessions where expires_at_ms < @now", new { now = now.Ms() });
            await s.ExecuteAsync("delete from sign_in_links where expires_at_ms < @now", new { now = now.Ms() });
            await s.ExecuteAsync("delete from idempotent_requests where started_at_ms < @before", new { before = (now - Idempotency.Kept).Ms() });
            // Hashes of another day match nothing any more.
            await s.ExecuteAsync("delete from rep_addresses where seen_at_ms < @before", new { before = now.AddDays(-1).Ms() });
        }, ct);
    }

    async Task InPortionsAsync(Func<Session, Task<int>> portion, CancellationToken ct)
    {
        while (await database.WriteAsync(portion, ct) >= Portion)
        {
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "Old data could not be removed now ({Problem}); it is tried again.")]
    partial void LogFailed(string problem);
}
