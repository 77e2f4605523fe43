namespace Tracker.Web;

/// <summary>Wakes whoever waits for something to happen. Says only "look again", so a slow one holds nobody up and missing a call costs nothing.</summary>
public abstract class WakeUp
{
    volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next <see cref="Wake"/>. Take it before looking, or something may slip in between.</summary>
    public Task Next => _next.Task;

    public void Wake() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
