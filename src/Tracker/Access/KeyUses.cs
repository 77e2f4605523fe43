using System.Collections.Concurrent;
using System.Data.Common;
using Tracker.Storage;

namespace Tracker.Access;

/// <summary>When each API key was last used. Gathered in memory and written now and then, so that no request waits for the writer or fails with it.</summary>
public sealed partial class KeyUses(Database database, TimeProvider time, ILogger<KeyUses> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<long, DateTimeOffset> _latest = new();

    public void Note(long keyId) => _latest[keyId] = time.GetUtcNow();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested && !_latest.IsEmpty)
            {
                await TryWriteAsync(stoppingToken);
            }
        }
    }

    async Task TryWriteAsync(CancellationToken ct)
    {
        try
        {
            await WriteAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The server stops: the last seconds of this are not worth waiting for.
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException)
        {
            LogFailed(e.Message);
        }
    }

    public async Task WriteAsync(CancellationToken ct)
    {
        var uses = _latest.ToArray();
        await database.WriteAsync(async s =>
        {
            foreach (var (id, at) in uses)
            {
                await ApiKeys.TouchAsync(s, id, at);
            }
        }, ct);
        foreach (var use in uses)
        {
            // Only what was written: a later use stays for the next time.
            _latest.TryRemove(use);
        }
    }

    [LoggerMessage(EventId = 4101, Level = LogLevel.Warning, Message = "When API keys were last used could not be written now ({Problem}); it is tried again.")]
    partial void LogFailed(string problem);
}
