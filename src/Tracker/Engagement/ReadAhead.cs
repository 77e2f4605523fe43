using Tracker.Hits;
using Tracker.Journal;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>
/// While one batch is stored, reads on a thread beside it what the next one needs to know of its copies: finding their old hits takes longer than anything else in a large batch, and the
/// second processor has time. What it reads may be from before that batch was committed or from after it. So it holds for the next batch only if nothing else was written
/// in between, and not for copies that the batch before has changed.
/// </summary>
sealed class ReadAhead
{
    sealed record Reading(Stand Since, Task<StoredCopies> Copies);

    Reading? _begun;
    IReadOnlySet<long> _changed = new HashSet<long>();

    /// <summary>Where a reading beside a write is possible, and where the batches are worth a second thread.</summary>
    public static bool IsWorth(Dialect dialect, int records) => dialect.ReadsBeside && QuietThread.IsWorthTwo(records);

    /// <summary>At the beginning of a batch, before it has changed anything: what was read for it, and reading for the next one begins.</summary>
    /// <param name="next">The batch that will follow; null: none that is worth it.</param>
    public async Task<StoredCopies> GoOnAsync(Session session, IReadOnlyList<JournalRecord>? next)
    {
        var begun = _begun;
        if (begun is null && next is null)
        {
            return StoredCopies.None;
        }
        await WaitAsync();
        _begun = null;
        var now = await session.StandAsync();
        // What failed there fails here, where failures are dealt with, but only if it would be used: the batch may be another one by now.
        var known = begun is not null && now.Follows(begun.Since) ? (await begun.Copies).Without(_changed) : StoredCopies.None;
        _changed = new HashSet<long>();
        if (next is not null)
        {
            _begun = new(now, session.BesideAsync(s => StoredCopies.LoadAsync(s, Tokens(next))));
        }
        return known;
    }

    /// <summary>Waits until nothing is being read: before a write, so that nobody waits for it in the writers' turn, and before the database is left.</summary>
    public async Task WaitAsync()
    {
        if (_begun is { } begun)
        {
            await ((Task)begun.Copies).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>All copies that the batch changes, or whose hits it changes.</summary>
    public void Changes(IEnumerable<long> copies) => _changed = copies.ToHashSet();

    static HashSet<string> Tokens(IReadOnlyList<JournalRecord> records)
    {
        var tokens = new HashSet<string>();
        foreach (var record in records)
        {
            if (HitRecord.CopyOf(record.Payload.Span) is { } copy)
            {
                tokens.Add(copy.ToString());
            }
        }
        return tokens;
    }
}
