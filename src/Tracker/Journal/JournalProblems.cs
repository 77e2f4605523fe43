namespace Tracker.Journal;

/// <summary>Says in plain words what keeps the journal from recording, for readiness, the log and `doctor`.</summary>
static class JournalProblems
{
    // errno on Linux, which the base library passes on as HResult.
    const int AccessDenied = 13;
    const int DiskFull = 28;
    const int ReadOnly = 30;
    const int QuotaReached = 122;

    public static string Explain(Exception e, string folder) => e switch
    {
        JournalFullException => e.Message,
        UnauthorizedAccessException or { HResult: AccessDenied } => $"{folder} may not be written by this user. Check its owner and mode.",
        { HResult: DiskFull or QuotaReached } => $"The disk that holds {folder} is full. Free some space.",
        { HResult: ReadOnly } => $"The disk that holds {folder} is read-only. Check the disk, then mount it writable.",
        _ => $"{folder} cannot be written: {e.Message}",
    };

    public static string Slow(TimeSpan limit, string folder) =>
        $"The disk that holds {folder} has not stored anything for {limit.TotalMilliseconds:0} ms or more.";
}

/// <summary>The journal holds as much as it may, because the database does not take it. Recording goes on once segments are released.</summary>
sealed class JournalFullException(long maxBytes)
    : IOException($"The journal has reached its limit of {maxBytes >> 20} MiB, because the database has not taken its hits. See to the database, or raise the limit.");
