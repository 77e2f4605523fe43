using Tracker.Storage;

namespace Tracker.Feed;

/// <summary>
/// The newest entries, read from the table once for all streams: after a commit thousands of them want the same few rows at the same moment. Nothing is in it that is not
/// committed, and whoever is further behind, or asks for what only the database knows, reads the table.
/// </summary>
public sealed class FeedTail(Database database, FeedSignal signal) : IDisposable
{
    /// <summary>About a second of entries under load, some megabyte.</summary>
    const int Most = 1000;

    /// <param name="Next">Completes when there may be more than this.</param>
    /// <param name="Rows">All entries with an id above <paramref name="From"/>, up to <paramref name="To"/>.</param>
    /// <param name="AreAllOwned">None is seen by several reps.</param>
    sealed record Entries(Task Next, long From, long To, IReadOnlyList<FeedRow> Rows, bool AreAllOwned);

    readonly SemaphoreSlim _reading = new(1);
    volatile Entries? _entries;

    /// <returns>As <see cref="FeedReader.ReadAsync"/>.</returns>
    public async Task<(IReadOnlyList<FeedRow> Rows, long LookedTo)> ReadAsync(FeedFilter filter, long after, int limit, CancellationToken ct)
    {
        if (filter.Metadata.Count == 0 && await CurrentAsync(ct) is var tail && after >= tail.From && (filter.RepId is null || tail.AreAllOwned))
        {
            FeedRow[] rows = [.. tail.Rows.SkipWhile(r => r.Id <= after).Where(r => filter.RepId is null || r.RepId == filter.RepId).Take(limit)];
            return (rows, rows.Length == limit ? rows[^1].Id : tail.To);
        }
        return await database.ReadAsync(s => FeedReader.ReadAsync(s, filter, after, limit), ct);
    }

    async ValueTask<Entries> CurrentAsync(CancellationToken ct)
    {
        if (_entries is { } entries && entries.Next == signal.Next)
        {
            return entries;
        }
        await _reading.WaitAsync(ct);
        try
        {
            // Taken before the table is looked at: what is committed meanwhile makes the next reader look again.
            var next = signal.Next;
            return _entries is { } known && known.Next == next ? known : _entries = await LookAsync(_entries, next, ct);
        }
        finally
        {
            _reading.Release();
        }
    }

    async Task<Entries> LookAsync(Entries? known, Task next, CancellationToken ct)
    {
        var (rows, from, to) = await database.ReadAsync(s => FeedReader.LatestAsync(s, known?.To ?? 0, Most), ct);
        FeedRow[] all = known is not null && known.To == from ? [.. known.Rows.Concat(rows).TakeLast(Most)] : [.. rows];
        // Ids may have gaps, so what was left off tells where the rest begins.
        var begins = known is null || known.To != from ? from : known.Rows.Count + rows.Count > Most ? all[0].Id - 1 : known.From;
        return new(next, begins, to, all, all.All(r => r.RepId is not null));
    }

    public void Dispose() => _reading.Dispose();
}
