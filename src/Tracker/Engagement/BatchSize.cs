using Tracker.Journal;

namespace Tracker.Engagement;

/// <summary>How many records go into one transaction at most, by how fast requests come meanwhile.</summary>
public sealed class BatchSize(HitJournal journal, TimeProvider time)
{
    /// <summary>
    /// 2,000: enough to make the commit's cost small for each and to change most pages of the indexes once for several hits, few enough that other writers wait for a
    /// fraction of a second.
    /// </summary>
    public const int Most = 2000;

    /// <summary>
    /// 500 while requests come by the thousand: the runtime stops them all while it looks through what a batch holds. The p99 of a pixel under full load was 12 ms and not 26;
    /// it costs a tenth of what is stored a second (docs/performance.md).
    /// </summary>
    public const int MostUnderLoad = 500;

    /// <summary>Requests a second. Few servers ever see a tenth of that.</summary>
    const int Load = 2000;

    long _last = journal.Status.LastRecorded; // Ids are given out one after the other, so their difference counts requests.
    long _lookedAt = time.GetTimestamp();

    public int Next()
    {
        var (last, now) = (journal.Status.LastRecorded, time.GetTimestamp());
        var size = Of(last - _last, time.GetElapsedTime(_lookedAt, now));
        (_last, _lookedAt) = (last, now);
        return size;
    }

    /// <param name="arrived">Requests recorded within that time.</param>
    public static int Of(long arrived, TimeSpan within) => arrived > Load * within.TotalSeconds ? MostUnderLoad : Most;
}
