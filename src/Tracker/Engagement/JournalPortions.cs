using Tracker.Journal;

namespace Tracker.Engagement;

/// <summary>Takes the journal's records a portion at a time, and the next portion ahead when there is something to prepare for it.</summary>
sealed class JournalPortions(HitJournal journal)
{
    /// <summary>What has been read already of what comes after a hit id.</summary>
    (long After, IReadOnlyList<JournalRecord> Records) _next = (-1, []);

    /// <param name="most">Records in this portion, and in the next.</param>
    /// <param name="ahead">Whether to look ahead, if this portion is full.</param>
    /// <returns>What comes after the id, and what comes after that; the latter is empty also where nobody looked.</returns>
    /// <exception cref="IOException">The disk failed; nothing is lost by calling again.</exception>
    public (IReadOnlyList<JournalRecord> Records, IReadOnlyList<JournalRecord> Next) Take(long after, int most, bool ahead)
    {
        // After a batch that failed the position is where it was, and what was read ahead is not what comes next.
        var known = _next.After == after ? _next.Records : [];
        var records = known.Count > 0 ? [.. known.Take(most)] : journal.Read(after, most);
        var next = known.Count > most ? [.. known.Skip(most)] : ahead && records.Count == most ? LookAhead(records[^1].HitId, most) : [];
        _next = records.Count > 0 ? (records[^1].HitId, next) : (-1, []);
        return (records, next);
    }

    /// <summary>None if the disk fails there: that is told when it is their turn, and keeps nobody before them from being stored.</summary>
    IReadOnlyList<JournalRecord> LookAhead(long after, int most)
    {
        try
        {
            return journal.Read(after, most);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
