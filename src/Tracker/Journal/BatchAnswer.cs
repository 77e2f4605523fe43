namespace Tracker.Journal;

/// <summary>
/// The one answer of a batch and who waits for it. Waiters are added under the journal's lock while the batch is unanswered; the answer is given once,
/// outside the lock.
/// </summary>
sealed class BatchAnswer
{
    /// <summary>
    /// Waiters told by one pool thread, one after the other. To wake a thread costs about as much as to finish two requests, so a thread must be
    /// worth waking; and a batch must not wait for one thread alone.
    /// </summary>
    const int Share = 32;

    IRecordWaiter[] _waiters = new IRecordWaiter[Share];
    int _count;
    TaskCompletionSource<bool>? _task;

    // Asynchronously: otherwise the writer thread would run the rest of every request.
    public Task<bool> Task => (_task ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Add(IRecordWaiter waiter)
    {
        if (_count == _waiters.Length)
        {
            Array.Resize(ref _waiters, _count * 2);
        }
        _waiters[_count++] = waiter;
    }

    public void Give(bool recorded)
    {
        _task?.SetResult(recorded);
        for (var start = 0; start < _count; start += Share)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Telling(_waiters, start, Math.Min(start + Share, _count), recorded), preferLocal: false);
        }
    }

    sealed class Telling(IRecordWaiter[] waiters, int start, int end, bool recorded) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            for (var i = start; i < end; i++)
            {
                waiters[i].Recorded(recorded);
            }
        }
    }
}
