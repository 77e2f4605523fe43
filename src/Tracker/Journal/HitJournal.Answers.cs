namespace Tracker.Journal;

/// <summary>
/// What becomes of a batch, decided under the lock and told outside it. The writer calls <see cref="Written"/> and <see cref="Failed"/>. The watchdog is a
/// timer that runs only while somebody waits, on a pool thread, so a writer stuck in a system call cannot hold it up: it only
/// answers, and the batches stay where they are and are written when the disk lets them.
/// </summary>
public sealed partial class HitJournal
{
    void Written()
    {
        BatchAnswer? answer = null;
        TaskCompletionSource? more = null;
        bool wasFailing;
        lock (_gate)
        {
            wasFailing = _failure is not null;
            _failure = null;
            _isSlow = false;
            if (_writing is { } batch)
            {
                _syncs++;
                _lastRecorded = batch.LastId;
                _recordedLate += batch.Answered ? batch.Count : 0;
                _recorded += batch.Answered ? 0 : batch.Count;
                answer = batch.Answered ? null : batch.TakeAnswer();
                (more, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
                Recycle(batch);
            }
        }
        answer?.Give(true);
        more?.SetResult();
        if (wasFailing)
        {
            _log.Recovered();
        }
    }

    void Recycle(Batch batch)
    {
        _queuedBytes -= batch.Length;
        _writing = null;
        batch.Reset();
        _spare = batch;
    }

    void Failed(Exception e)
    {
        var failure = JournalProblems.Explain(e, _options.Folder);
        List<BatchAnswer> answers = [];
        bool isNews;
        lock (_gate)
        {
            isNews = failure != _failure;
            _failure = failure;
            foreach (var batch in Waiting())
            {
                GiveUpOn(batch, answers);
            }
        }
        answers.ForEach(a => a.Give(false));
        // Never synced again: after a failed sync the system may forget the lost pages and report success.
        _active?.Abandon();
        _active = null;
        if (isNews)
        {
            _log.Failed(failure, e);
        }
    }

    /// <summary>Answers false to every batch that has waited too long, and looks again when the next one would.</summary>
    void Watch()
    {
        List<BatchAnswer> answers = [];
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
        answers.ForEach(a => a.Give(false));
    }

    /// <summary>Under the lock: the batches with somebody waiting.</summary>
    IEnumerable<Batch> Waiting() =>
        new[] { _writing, _filling }.Concat(_full).OfType<Batch>().Where(b => b is { Count: > 0, Answered: false });

    void GiveUpOn(Batch batch, List<BatchAnswer> answers)
    {
        _unrecorded += batch.Count;
        answers.Add(batch.TakeAnswer());
    }
}
