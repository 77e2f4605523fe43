namespace Tracker.Journal;

/// <summary>
/// The watchdog: a timer that runs only while somebody waits, on a pool thread, so a writer stuck in a system call cannot hold it up.
/// It only answers; the batches stay where they are and are written when the disk lets them.
/// </summary>
public sealed partial class HitJournal
{
    /// <summary>Answers false to every batch that has waited too long, and looks again when the next one would.</summary>
    void Watch()
    {
        List<TaskCompletionSource<bool>> answers = [];
        lock (_gate)
        {
            var next = Timeout.InfiniteTimeSpan;
            foreach (var batch in Waiting())
            {
                var left = _options.AnswerWithin - _time.GetElapsedTime(batch.Since);
                if (left <= TimeSpan.Zero)
                {
                    _isSlow = true;
                    GiveUpOn(batch, answers);
                }
                else
                {
                    next = next < TimeSpan.Zero || left < next ? left : next;
                }
            }
            _watching = next >= TimeSpan.Zero;
            if (_watching)
            {
                _watchdog.Change(next, Timeout.InfiniteTimeSpan);
            }
        }
        answers.ForEach(a => a.SetResult(false));
    }

    /// <summary>Under the lock: the batches with somebody waiting.</summary>
    IEnumerable<Batch> Waiting() =>
        new[] { _writing, _filling }.Concat(_full).OfType<Batch>().Where(b => b is { Count: > 0, Answered: false });

    void GiveUpOn(Batch batch, List<TaskCompletionSource<bool>> answers)
    {
        _unrecorded += batch.Count;
        answers.Add(batch.TakeAnswer());
    }
}
