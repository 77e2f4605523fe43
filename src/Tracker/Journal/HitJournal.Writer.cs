using System.Diagnostics.CodeAnalysis;

namespace Tracker.Journal;

/// <summary>
/// The writer thread. Only the writer touches the open segment and the bytes of the batch it took. Any failure: whoever waits
/// is answered false, the segment is given up, and after a pause the same batch goes to a new one, so recovery needs no restart. On
/// shutdown the thread writes what queued, gives a failing disk one last try, and ends.
/// </summary>
public sealed partial class HitJournal
{
    /// <summary>Between two attempts on a failing disk. 250 ms: readiness follows quickly, and a log on the same disk stays small.</summary>
    static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait for the last sync. 10 s: service managers commonly kill after more.</summary>
    static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);

    readonly ManualResetEventSlim _stop = new();
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile SegmentWriter? _active; // Set by the writer (and once before it starts); Release looks at it.

    /// <summary>Takes no more hits, writes and syncs what queued, and answers everybody. Nobody may be reading any more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            _stop.Set();
            Monitor.PulseAll(_gate);
        }
        try
        {
            await _ended.Task.WaitAsync(StopWithin, _time);
        }
        catch (TimeoutException)
        {
            _log.LeftBehind(StopWithin.TotalSeconds); // The thread is a background one: it cannot keep the process alive.
        }
        await _watchdog.DisposeAsync();
        _reader.Dispose();
    }

    void StartWriter() => new Thread(WriteLoop) { Name = "journal", IsBackground = true }.Start();

    void WriteLoop()
    {
        while (Take() || !_stop.IsSet)
        {
            if (!TryToBeReady() || !TryToWrite())
            {
                if (_stop.IsSet)
                {
                    break;
                }
                _stop.Wait(RetryAfter);
            }
        }
        _active?.Seal();
        _ended.SetResult();
    }

    /// <summary>Waits for hits while there is a segment to write them to; without one there is something to do anyway.</summary>
    /// <returns>False when there is nothing to write.</returns>
    bool Take()
    {
        lock (_gate)
        {
            while (_writing is null && _active is not null && _full.Count == 0 && _filling.Count == 0 && !_stop.IsSet)
            {
                Monitor.Wait(_gate);
            }
            if (_writing is null && _full.TryDequeue(out var full))
            {
                _writing = full;
            }
            else if (_writing is null && _filling.Count > 0)
            {
                (_writing, _filling, _spare) = (_filling, _spare ?? new(), null);
            }
            return _writing is not null;
        }
    }

    /// <summary>Sees to an open segment with room.</summary>
    bool TryToBeReady() => Try(() =>
    {
        if (!_isRecovered)
        {
            Recover();
        }
        if (_active?.Segment.Length >= _options.SegmentBytes)
        {
            _active.Seal();
            _active = null;
        }
        if (_active is null)
        {
            _folder.Make();
            _active = SegmentWriter.Create(_folder.Path, FirstId(), _folder.End, _options.SegmentBytes, _sync);
        }
    });

    bool TryToWrite() => Try(() =>
    {
        if (_writing is { } batch)
        {
            if (_folder.Size.Bytes + batch.Length > _options.MaxBytes)
            {
                throw new JournalFullException(_options.MaxBytes);
            }
            var isFirst = _active!.Segment.LastId == 0;
            _active.Write(batch);
            if (isFirst)
            {
                _folder.Add(_active.Segment); // Not before: a segment that failed at its first batch is made anew under the same name.
            }
        }
        Written();
    });

    [SuppressMessage("Design", "CA1031", Justification = "Whatever went wrong, redirects and pixels must go on and the writer must try again.")]
    bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e)
        {
            Failed(e);
            return false;
        }
    }

    void Recover()
    {
        var (last, highest) = _folder.Recover();
        lock (_gate)
        {
            _lastRecorded = last;
            // Also above the clock, so that an emptied folder does not give out ids that the database knows.
            _nextId = HitIds.NodeOf(highest) == _options.Node ? Math.Max(_nextId, highest + 1) : _nextId;
            _isRecovered = true;
        }
        var (segments, bytes) = _folder.Size;
        _log.Opened(segments, bytes, last);
    }

    /// <summary>A new segment begins with the batch at hand, or, made in advance, with an id that no hit gets.</summary>
    long FirstId()
    {
        lock (_gate)
        {
            return _writing?.FirstId ?? (_full.TryPeek(out var full) ? full.FirstId : _filling.Count > 0 ? _filling.FirstId : _nextId++);
        }
    }
}
