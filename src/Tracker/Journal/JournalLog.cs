namespace Tracker.Journal;

static partial class JournalLog
{
    [LoggerMessage(1, LogLevel.Error, "Hits are not recorded. {Problem}")]
    public static partial void Failed(this ILogger log, string problem, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Hits are recorded again.")]
    public static partial void Recovered(this ILogger log);

    [LoggerMessage(3, LogLevel.Information, "The journal has {Segments} segments ({Bytes} bytes); the last hit is {LastId}.")]
    public static partial void Opened(this ILogger log, int segments, long bytes, long lastId);

    [LoggerMessage(4, LogLevel.Warning, "Cut {Bytes} bytes that were never acknowledged, or are damaged, from the end of {Segment}.")]
    public static partial void TailCut(this ILogger log, long bytes, string segment);

    [LoggerMessage(5, LogLevel.Error, "Nothing in {Segment} can be read; it was set aside as *.damaged.")]
    public static partial void SetAside(this ILogger log, string segment);

    [LoggerMessage(6, LogLevel.Error, "Skipped {Count} damaged places in {Segment}; the last hit read before or after is {HitId}.")]
    public static partial void Skipped(this ILogger log, long count, string segment, long hitId);

    [LoggerMessage(7, LogLevel.Warning, "The journal could not tidy up {Segment}; it goes on without.")]
    public static partial void NotTidied(this ILogger log, string segment, Exception exception);

    [LoggerMessage(8, LogLevel.Error, "The disk did not take the last hits within {Seconds} s; leaving without them.")]
    public static partial void LeftBehind(this ILogger log, double seconds);
}
