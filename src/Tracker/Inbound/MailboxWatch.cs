using System.Data.Common;
using Tracker.Outbound.Outbox;
using Tracker.Outbound.Servers;
using Tracker.Storage;

namespace Tracker.Inbound;

/// <summary>Watches the mailbox of every account that has one, each by itself: one that cannot be reached holds up no other.</summary>
public sealed partial class MailboxWatch(Database database, MailServers servers, AnswerDesk desk, TimeProvider time, Settings.TrackerSettings settings, ILogger<MailboxWatch> log) : BackgroundService
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromMinutes(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(servers.OfSettings.Where(a => a.Imap is not null).Select(a => WatchAsync(new(a, database, servers, desk, settings, time), stoppingToken)));

    async Task WatchAsync(MailboxReader reader, CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (database.IsReady)
                {
                    await reader.RunAsync(() => pause = FirstPause, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (SmtpPool.IsTrouble(e) || e is DbException or OperationCanceledException or FormatException)
            {
                LogAway(reader.Name, HandOver.Explain(e), pause.TotalSeconds);
            }
            await Task.Delay(database.IsReady ? pause : TimeSpan.FromMilliseconds(100), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = database.IsReady ? pause * 2 < LongestPause ? pause * 2 : LongestPause : pause;
        }
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Warning, Message = "The mailbox of account {Account} cannot be read now ({Problem}); next try in {Seconds} s.")]
    partial void LogAway(string account, string problem, double seconds);
}
