namespace Tracker.Tests.Support;

/// <summary>The system's clock, moved forward by what the test says. Timers run as ever, so the server lives on while the hours pass.</summary>
public sealed class MovableTime : TimeProvider
{
    long _ahead;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
}
