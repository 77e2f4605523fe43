namespace Tracker.Traces;

/// <summary>Stands where it is put.</summary>
sealed class TraceClock(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}
