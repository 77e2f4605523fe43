namespace Tracker.Outbound.Smtp;

/// <summary>Room for the mails under way: who finds none waits, in the order of coming, so that many large mails at once cost time and not memory.</summary>
public sealed class MemoryBudget(long total)
{
    readonly Lock _lock = new();
    readonly LinkedList<(long Bytes, TaskCompletionSource Turn)> _waiting = [];
    readonly long _total = total;
    long _free = total;

    public long Free
    {
        get
        {
            lock (_lock)
            {
                return _free;
            }
        }
    }

    /// <param name="wanted">More than there is in all is cut to all there is.</param>
    /// <returns>What to dispose to give the room back.</returns>
    /// <exception cref="TimeoutException">No room within the time.</exception>
    public async Task<IDisposable> TakeAsync(long wanted, TimeSpan within, TimeProvider time, CancellationToken ct)
    {
        wanted = Math.Min(wanted, _total);
        LinkedListNode<(long Bytes, TaskCompletionSource Turn)> node;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _free >= wanted)
            {
                _free -= wanted;
                return new Room(this, wanted);
            }
            node = _waiting.AddLast((wanted, new(TaskCreationOptions.RunContinuationsAsynchronously)));
        }
        try
        {
            await node.Value.Turn.Task.WaitAsync(within, time, ct);
        }
        catch
        {
            // Its turn may have come in the same moment: then the room is given back.
            Leave(node);
            throw;
        }
        return new Room(this, wanted);
    }

    void Leave(LinkedListNode<(long Bytes, TaskCompletionSource Turn)> node)
    {
        lock (_lock)
        {
            if (node.List is null)
            {
                _free += node.Value.Bytes;
            }
            else
            {
                _waiting.Remove(node);
            }
            Serve();
        }
    }

    void Return(long given)
    {
        lock (_lock)
        {
            _free += given;
            Serve();
        }
    }

    void Serve()
    {
        while (_waiting.First is { } first && first.Value.Bytes <= _free)
        {
            _free -= first.Value.Bytes;
            _waiting.RemoveFirst();
            first.Value.Turn.SetResult();
        }
    }

    sealed class Room(MemoryBudget budget, long given) : IDisposable
    {
        long _given = given;

        public void Dispose() => budget.Return(Interlocked.Exchange(ref _given, 0));
    }
}
