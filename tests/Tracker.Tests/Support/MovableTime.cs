namespace Tracker.Tests.Support;

/// <summary>The system's clock, moved forward by what the test says. Timers run as ever, so the server lives on while the hours pass.</summary>
public sealed class MovableTime : TimeProvider
{
    long _ahead, _stoppedAt;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    /// <summary>From now on only <see cref="Advance"/> moves it: for what lasts seconds, on a machine that may be slower than that.</summary>
    public void Stop() => Interlocked.Exchange(ref _stoppedAt, System.GetUtcNow().UtcTicks);

    public override DateTimeOffset GetUtcNow() =>
        (Interlocked.Read(ref _stoppedAt) is var ticks and > 0 ? new(ticks, TimeSpan.Zero) : System.GetUtcNow()) + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
}
