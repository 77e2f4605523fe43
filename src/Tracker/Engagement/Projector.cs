using System.Data.Common;
using Tracker.Journal;
using Tracker.Prompts;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>
/// Feeds the database from the journal and keeps the clock of holds and prompts. The only reader of the journal. While the database is away the journal
/// grows and this tries again; hits are read on from the checkpoint. A batch that fails is taken apart, so that a bad record fails alone.
/// On stop it finishes what was journalled, as far as the database takes it.
/// </summary>
public sealed partial class Projector(
    Database database, HitJournal journal, Projection projection, PromptBook prompts, Dictionaries dictionaries, TrackerSettings settings, TimeProvider time, ILogger<Projector> log)
    : BackgroundService
{
    /// <summary>
    /// After a batch that was not full: what comes meanwhile costs one commit instead of many. 25 ms: nobody notices it in a feed, and under load hits
    /// come by the hundred in it.
    /// </summary>
    static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(25);

    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Prompts expire and wake to the second; finer would only cost.</summary>
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    readonly ProjectorPace _pace = new(journal, time);
    readonly JournalPortions _portions = new(journal);

    long _position = -1;

    /// <summary>Only for the loop itself: when holds and prompts were last looked after.</summary>
    long _lastChores;

    /// <summary>The last hit id in the database; -1 before the database was first reached.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>Why hits are not being stored now; null when they are.</summary>
    public string? Failing { get; private set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => QuietThread.RunAsync("projector", () => LoopAsync(stoppingToken));

    async Task LoopAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // What was in the dictionaries' memory may have been rolled back or lost with the database.
                dictionaries.Forget();
                Failing = e.Message;
                await projection.ReadyAsync();
                LogRetry(e.Message, RetryAfter.TotalSeconds);
                await Task.Delay(RetryAfter, time, CancellationToken.None);
            }
        }
        await DrainAsync();
    }

    async Task RunAsync(CancellationToken stopping)
    {
        while (!database.IsReady)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, stopping);
        }
        await database.WriteAsync(s => HeatScaleChange.ApplyAsync(s, settings.HalfLife, time.GetUtcNow()), stopping);
        _position = await database.ReadAsync(s => Projection.CheckpointAsync(s, settings.Node), stopping);
        if (_position > 0)
        {
            // A journal that was emptied by hand must not give out ids that the database has already.
            journal.ContinueAfter(_position);
        }
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var portion = _pace.Next();
            var began = time.GetTimestamp();
            var stored = await StoreNextAsync(portion.Most);
            await ProjectorPace.ClearAfterAsync(stored);
            var held = time.GetElapsedTime(_lastChores) >= Tick || stored == 0 ? await ChoresAsync(stopping) : null;
            Failing = null;
            if (stored == 0)
            {
                await WaitAsync(held, stopping);
            }
            else if (stored < portion.Most)
            {
                await Task.Delay(Gather, time, stopping);
            }
            else if (portion.Rests)
            {
                await Task.Delay(ProjectorPace.RestAfter(time.GetElapsedTime(began)), time, stopping);
            }
        }
    }

    async Task<int> StoreNextAsync(int most)
    {
        var isWorth = ReadAhead.IsWorth(database.Dialect, most);
        var (records, next) = _portions.Take(_position, most, isWorth);
        if (records.Count > 0)
        {
            await projection.ReadyAsync();
            await StoreAsync(records, isWorth && next.Count == most ? next : null);
            Interlocked.Exchange(ref _position, records[^1].HitId);
            journal.Release(_position);
        }
        return records.Count;
    }

    async Task StoreAsync(IReadOnlyList<JournalRecord> records, IReadOnlyList<JournalRecord>? next = null)
    {
        try
        {
            await database.WriteAsync(s => projection.StoreAsync(s, settings.Node, records, next), CancellationToken.None);
        }
        catch (Exception e) when (records.Count > 1 && !IsTheDatabase(e))
        {
            dictionaries.Forget();
            LogTakenApart(records.Count, e);
            foreach (var record in records)
            {
                await StoreAsync([record]);
            }
        }
        catch (Exception e) when (records.Count == 1 && !IsTheDatabase(e))
        {
            dictionaries.Forget();
            LogNotStored(records[0].HitId, e);
            await database.WriteAsync(s => projection.SkipAsync(s, settings.Node, records[0], e.Message), CancellationToken.None);
        }
    }

    // Only what is wrong with the hit itself is set aside. A full disk or a damaged database is nobody's hit: those wait in the journal.
    bool IsTheDatabase(Exception e) => e is DbException db ? !database.Dialect.IsBadData(db) : e is IOException or TimeoutException;

    /// <summary>Judges what was held until now and turns the prompts' clock; under load too, or holds would last as long as the load.</summary>
    /// <returns>When the next held hit is due.</returns>
    async Task<DateTimeOffset?> ChoresAsync(CancellationToken stopping)
    {
        _lastChores = time.GetTimestamp();
        var now = time.GetUtcNow();
        while (await database.ReadAsync(Projection.NextDueAsync, stopping) <= now)
        {
            await database.WriteAsync(s => projection.ReviewDueAsync(s, now), CancellationToken.None);
        }
        if (await database.ReadAsync(s => PromptBook.AnyDueAsync(s, now), stopping))
        {
            await database.WriteAsync(s => prompts.TickAsync(s, now), CancellationToken.None);
        }
        return await database.ReadAsync(Projection.NextDueAsync, stopping);
    }

    async Task WaitAsync(DateTimeOffset? held, CancellationToken stopping)
    {
        var wait = held - time.GetUtcNow() is { } untilHeld && untilHeld < Tick ? untilHeld : Tick;
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(journal.WaitForMoreAsync(_position, awake.Token), Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, awake.Token));
        await awake.CancelAsync();
    }

    async Task DrainAsync()
    {
        try
        {
            while (database.IsReady && _position >= 0 && await StoreNextAsync(ProjectorPace.Most) > 0)
            {
            }
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException)
        {
            LogLeft(e.Message);
        }
        await projection.ReadyAsync();
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "The database does not take hits now ({Problem}). They are kept in the journal; next try in {Seconds} s.")]
    partial void LogRetry(string problem, double seconds);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "A batch of {Count} hits failed; storing them one by one.")]
    partial void LogTakenApart(int count, Exception e);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "Hit {HitId} cannot be stored.")]
    partial void LogNotStored(long hitId, Exception e);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Stopping while the database is away ({Problem}); what is in the journal is stored at the next start.")]
    partial void LogLeft(string problem);
}
