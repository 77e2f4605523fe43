namespace Tracker.Journal;

/// <summary>Where the journal lives and how far it may go.</summary>
public sealed record JournalOptions
{
    /// <summary>Folder of the segments; created when missing. It belongs to one node and one process for ever.</summary>
    public required string Folder { get; init; }

    /// <summary>0 to 511; the upper part of every hit id.</summary>
    public int Node { get; init; }

    /// <summary>A segment this long is closed after the batch that filled it. 16 MiB: small enough to be deleted soon after it is drained.</summary>
    public long SegmentBytes { get; init; } = 16 << 20;

    /// <summary>Size of all segments together beyond which nothing is recorded, so that a dead database does not fill the disk. 4 GiB: about 15 million hits.</summary>
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>Longest time between <see cref="HitJournal.Append"/> and its answer. 150 ms: a reader does not notice it.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromMilliseconds(150);
}
