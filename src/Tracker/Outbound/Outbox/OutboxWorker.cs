using System.Collections.Concurrent;
using System.Data.Common;
using Tracker.Domain.Delivery;
using Tracker.Outbound.Servers;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Outbox;

/// <summary>
/// Hands over what is due. A delivery is claimed, tried, and its outcome committed before anything else is done with it: a crash in between means one more
/// try, so at worst a second mail with the same Message-ID, never none.
/// </summary>
public sealed partial class OutboxWorker(
    Database database, OutboxStore store, OutboxSignal signal, DeliveryFailures failures, MailServers servers, SmtpPool pool, HandOver handOver, TrackerSettings settings, TimeProvider time,
    ILogger<OutboxWorker> log) : BackgroundService
{
    /// <summary>Longer than an attempt can last.</summary>
    static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    /// <summary>An account that cannot be reached is left alone for this long; mails that wait for it are not counted as tried.</summary>
    static readonly TimeSpan DownFor = TimeSpan.FromSeconds(30);

    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5), RetryAfter = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<long, Task> _running = new();
    readonly ConcurrentDictionary<MailAccount, (DateTimeOffset Until, string Why)> _down = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var released = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (database.IsReady && !released)
                {
                    await database.WriteAsync(s => OutboxStore.ReleaseAsync(s, settings.Node), stoppingToken);
                    released = true;
                }
                var started = released && await BeginDueAsync(stoppingToken);
                if (!started)
                {
                    await WaitAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException)
            {
                LogAway(e.Message);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        // What is being handed over now is finished, so that its outcome is known.
        await Task.WhenAll(_running.Values);
        await pool.CloseIdleAsync();
    }

    async Task<bool> BeginDueAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var free = settings.Mail.Connections - _running.Count;
        if (free <= 0 || await database.ReadAsync(OutboxStore.NextDueAsync, ct) is not { } due || due > now)
        {
            return false;
        }
        var claimed = await database.WriteAsync(s => OutboxStore.ClaimAsync(s, settings.Node, free, now, Lease), ct);
        foreach (var delivery in claimed)
        {
            _running[delivery.Id] = Task.Run(() => RunAsync(delivery), CancellationToken.None);
        }
        return claimed.Count > 0;
    }

    async Task WaitAsync(CancellationToken ct)
    {
        var next = database.IsReady ? await database.ReadAsync(OutboxStore.NextDueAsync, ct) : null;
        var wait = next - time.GetUtcNow() is { } until && until < LookAgain && _running.Count < settings.Mail.Connections ? until : LookAgain;
        var woken = await signal.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), ct);
        if (!woken && _running.IsEmpty)
        {
            await pool.CloseIdleAsync();
        }
    }

    async Task RunAsync(DeliveryRow delivery)
    {
        try
        {
            await DeliverAsync(delivery);
        }
        catch (Exception e)
        {
            // Its claim ends in time, so it is tried again; losing it silently is what must not happen.
            LogBroken(delivery.Id, e);
        }
        finally
        {
            _running.TryRemove(delivery.Id, out _);
            signal.Wake();
        }
    }

    async Task DeliverAsync(DeliveryRow delivery)
    {
        var now = time.GetUtcNow();
        var (accounts, quotaFreeAt) = await database.ReadAsync(
            async s => (await servers.ListAsync(s), delivery.Kind == DeliveryRow.Copy ? await store.QuotaFreeAtAsync(s, delivery.RepId, now) : null), CancellationToken.None);
        if (quotaFreeAt is { } free)
        {
            await AgainAsync(delivery, free, null, $"waiting: {delivery.Rep} has sent {settings.Mail.RepPerHour} mails within an hour (Tracker:Outbox:RepPerHour)", 0);
            return;
        }
        if (MailServers.ForSending(accounts, delivery.Sender, delivery.Rep) is not { } account)
        {
            await OutcomeAsync(delivery, new(new(0, false), null, $"no mail account is for {delivery.Sender} or {delivery.Rep}"));
            return;
        }
        if (_down.TryGetValue(account, out var down) && down.Until > now && now.Ms() < delivery.GiveUpAtMs)
        {
            await AgainAsync(delivery, down.Until, delivery.Status, down.Why, 0);
            return;
        }
        var outcome = await handOver.TryAsync(account, delivery, time, CancellationToken.None);
        if (outcome.AccountIsDown)
        {
            _down[account] = (time.GetUtcNow() + DownFor, outcome.Answer);
            LogDown(account.Name, outcome.Answer);
        }
        await OutcomeAsync(delivery, outcome);
    }

    Task AgainAsync(DeliveryRow delivery, DateTimeOffset at, string? status, string answer, int attempts) =>
        StoreAsync(s => OutboxStore.AgainAsync(s, delivery, at, status, answer, attempts));

    async Task OutcomeAsync(DeliveryRow delivery, HandedOver outcome)
    {
        var now = time.GetUtcNow();
        var after = DeliveryRules.Decide(outcome.Attempt, (int)delivery.Attempts + 1, Times.Of(delivery.GiveUpAtMs), now);
        if (after.At is { } at)
        {
            await AgainAsync(delivery, at, outcome.Status, outcome.Answer, 1);
            LogAgain(delivery.Id, outcome.Attempt.Code, at);
            return;
        }
        await StoreAsync(async s =>
        {
            if (after.End == DeliveryEnd.Sent)
            {
                await OutboxStore.SentAsync(s, delivery, outcome.Status, outcome.Answer, now);
                return;
            }
            await OutboxStore.EndAsync(s, delivery.Id, DeliveryStates.Failed, outcome.Status, outcome.Answer, 1, now);
            await failures.TellAsync(s, delivery, outcome.Status, outcome.Answer, now);
        });
        if (after.End == DeliveryEnd.Failed)
        {
            LogFailed(delivery.Id, outcome.Attempt.Code);
        }
    }

    /// <summary>The outcome must not get lost while the database is away: the mail is out, and forgetting it would send it twice.</summary>
    async Task StoreAsync(Func<Session, Task> work)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await database.WriteAsync(work, CancellationToken.None);
                return;
            }
            catch (Exception e) when (tries < 600 && (e is IOException or TimeoutException || (e is DbException db && database.Dialect.IsUnavailable(db))))
            {
                LogAway(e.Message);
                await Task.Delay(RetryAfter, time, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(EventId = 5201, Level = LogLevel.Warning, Message = "The outbox waits for the database ({Problem}).")]
    partial void LogAway(string problem);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Error, Message = "Delivery {Id} broke off; it is tried again when its claim ends.")]
    partial void LogBroken(long id, Exception e);

    [LoggerMessage(EventId = 5203, Level = LogLevel.Warning, Message = "Mail account {Account} takes no mail now: {Problem}")]
    partial void LogDown(string account, string problem);

    [LoggerMessage(EventId = 5204, Level = LogLevel.Information, Message = "Delivery {Id} was not taken (code {Code}); next try at {At}.")]
    partial void LogAgain(long id, int code, DateTimeOffset at);

    [LoggerMessage(EventId = 5205, Level = LogLevel.Warning, Message = "Delivery {Id} failed for good (code {Code}); its rep is told.")]
    partial void LogFailed(long id, int code);
}
