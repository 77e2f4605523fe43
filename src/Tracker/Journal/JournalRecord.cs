namespace Tracker.Journal;

/// <summary>What became of one append.</summary>
/// <param name="HitId">Never given twice, also when the hit is not recorded.</param>
/// <param name="Recorded">
/// Never fails and never takes longer than <see cref="JournalOptions.AnswerWithin"/>. True: on disk. False: not on disk in time, or not at all;
/// the hit is counted as unrecorded and may still be recorded later.
/// </param>
public readonly record struct Appended(long HitId, Task<bool> Recorded);

/// <summary>One durable record. The payload belongs to the caller.</summary>
public readonly record struct JournalRecord(long HitId, ReadOnlyMemory<byte> Payload);

/// <summary>The journal's health and its counts since it was opened.</summary>
/// <param name="Problem">In plain words why hits are not recorded in time; null when all is well.</param>
/// <param name="Recorded">Appends answered true.</param>
/// <param name="Unrecorded">Appends answered false. Recorded and unrecorded together are all that were answered.</param>
/// <param name="RecordedLate">How many of the unrecorded reached the disk after all.</param>
/// <param name="Damaged">Damaged stretches skipped while reading (each usually one record), and segments set aside.</param>
/// <param name="Bytes">Size of all segments.</param>
/// <param name="LastRecorded">Highest durable hit id; 0 when there is none.</param>
/// <param name="Syncs">Batches written; far fewer than appends under load.</param>
public sealed record JournalStatus(
    string? Problem, long Recorded, long Unrecorded, long RecordedLate, long Damaged, long Bytes, int Segments, long LastRecorded, long Syncs)
{
    public bool Healthy => Problem is null;
}
