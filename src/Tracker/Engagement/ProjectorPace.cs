using Tracker.Journal;

namespace Tracker.Engagement;

/// <param name="Most">How many records go into one transaction at most.</param>
/// <param name="Rests">Whether to rest after it as long as it took, see <see cref="ProjectorPace.RestAfter"/>.</param>
public readonly record struct Portion(int Most, bool Rests);

/// <summary>How much the projector takes at once, by how fast requests come meanwhile: they go first.</summary>
public sealed class ProjectorPace(HitJournal journal, TimeProvider time)
{
    /// <summary>
    /// 1,500: enough to make the commit's cost small for each and to change most pages of the indexes once for several hits, few enough that other writers wait for a
    /// fraction of a second and that what a batch leaves behind is collected once, after it: with 2,000 the runtime did it in the middle as well, and a hit cost a tenth more.
    /// </summary>
    public const int Most = 1500;

    /// <summary>
    /// 500 while requests come by the thousand: the runtime stops them all while it looks through what a batch holds. The p99 of a pixel under full load was 12 ms and not 26 with 2,000;
    /// it costs a tenth of what is stored a second (docs/performance.md).
    /// </summary>
    public const int MostUnderLoad = 500;

    /// <summary>Requests a second from which on batches are small. Few servers ever see a tenth of that.</summary>
    const int Load = 2000;

    /// <summary>
    /// Requests a second that cannot be stored as fast as they come. Hits lag then whatever is done, so half of the projector's time is the requests': a tenth more of them are
    /// answered, and a longer rest gave them nothing more.
    /// </summary>
    const int Flood = 10_000;

    /// <summary>As long as the batch took, and 1 s at most: a disk that was stuck for long is no reason to wait as long again, and what was held is due meanwhile.</summary>
    public static TimeSpan RestAfter(TimeSpan took) => took < LongestRest ? took : LongestRest;

    static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    long _last = journal.Status.LastRecorded; // Ids are given out one after the other, so their difference counts requests.
    long _lookedAt = time.GetTimestamp();

    /// <summary>
    /// A large batch leaves tens of MB behind, dead at once: collected now that takes 2 to 5 ms, and some 20 when much of the next batch has been read already. Left to the runtime it happens
    /// in the middle of the next batch, which is alive then and is copied first: up to 40 ms in which requests stand still.
    /// </summary>
    /// <param name="stored">Hits of the batch that has just ended; after a small one nothing is done.</param>
    public static async Task ClearAfterAsync(int stored)
    {
        if (stored < MostUnderLoad)
        {
            return;
        }
        // What ran on after waiting for something is still on the stack beneath, and holds the batch: it ends first.
        await Task.Yield();
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }

    /// <summary>For the next batch, from what came since this was asked before.</summary>
    public Portion Next()
    {
        var (last, now) = (journal.Status.LastRecorded, time.GetTimestamp());
        var portion = Of(last - _last, time.GetElapsedTime(_lookedAt, now));
        (_last, _lookedAt) = (last, now);
        return portion;
    }

    /// <param name="arrived">Requests recorded within that time.</param>
    public static Portion Of(long arrived, TimeSpan within) =>
        arrived > Flood * within.TotalSeconds ? new(MostUnderLoad, true)
        : arrived > Load * within.TotalSeconds ? new(MostUnderLoad, false)
        : new(Most, false);
}
