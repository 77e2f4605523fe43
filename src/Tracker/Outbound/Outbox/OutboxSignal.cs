namespace Tracker.Outbound.Outbox;

/// <summary>Says that there is something to look at in the outbox. Missing a call costs a moment: the worker looks by itself too.</summary>
public sealed class OutboxSignal : IDisposable
{
    readonly SemaphoreSlim _work = new(0, 1);

    public void Wake()
    {
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // It has been told already.
        }
    }

    public Task<bool> WaitAsync(TimeSpan longest, CancellationToken ct) => _work.WaitAsync(longest, ct);

    public void Dispose() => _work.Dispose();
}
