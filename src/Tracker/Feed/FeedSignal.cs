namespace Tracker.Feed;

/// <summary>Wakes the readers of the feed. Says only "look again", so a slow reader holds nobody up and missing a call costs nothing.</summary>
public sealed class FeedSignal
{
    volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next <see cref="Wake"/>. Take it before looking at the table, or an entry may slip in between.</summary>
    public Task Next => _next.Task;

    public void Wake() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
