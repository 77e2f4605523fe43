namespace Tracker.Journal;

/// <summary>What a request does: its hit joins the batch that is filling, or is counted as unrecorded, and somebody waits for the batch's answer.</summary>
public sealed partial class HitJournal
{
    /// <summary>64 MiB of hits, some 200,000, are kept in memory while the disk fails or hangs; what comes then is lost.</summary>
    const long MaxQueuedBytes = 64 << 20;

    static readonly Task<bool> NotRecorded = Task.FromResult(false);

    /// <summary>
    /// Takes a hit. Thread-safe, does no I/O. A payload over 32 KiB, a disk that has failed for so long that memory is full, or a journal that is
    /// closing: the hit is not recorded, and counted.
    /// </summary>
    public Appended Append(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            var id = _nextId++;
            return new(id, Queue(id, payload) is { } batch ? batch.Recorded : NotRecorded);
        }
    }

    /// <summary>As <see cref="Append(ReadOnlySpan{byte})"/>, for a caller that is told the answer later.</summary>
    /// <returns>False: not recorded, and nothing will be told.</returns>
    public bool Append(ReadOnlySpan<byte> payload, IRecordWaiter waiter)
    {
        lock (_gate)
        {
            var batch = Queue(_nextId++, payload);
            batch?.Tell(waiter);
            return batch is not null;
        }
    }

    /// <summary>Under the lock.</summary>
    /// <returns>The batch whose answer the hit has; null: it is counted as unrecorded now, queued or not.</returns>
    Batch? Queue(long id, ReadOnlySpan<byte> payload)
    {
        if (!HasRoom(payload.Length))
        {
            _unrecorded++;
            return null;
        }
        if (!_filling.Fits(payload.Length))
        {
            _full.Enqueue(_filling);
            _filling = new();
        }
        if (_filling.Count == 0)
        {
            Begin(_filling);
        }
        var before = _filling.Length;
        _filling.Add(id, payload);
        _queuedBytes += _filling.Length - before;
        _unrecorded += _filling.Answered ? 1 : 0;
        return _filling.Answered ? null : _filling;
    }

    bool HasRoom(int payloadLength) =>
        _isRecovered && !_isStopping && payloadLength <= RecordFormat.MaxPayload
        && _queuedBytes + RecordFormat.HeadLength + payloadLength <= Math.Min(MaxQueuedBytes, _options.MaxBytes / 2);

    void Begin(Batch batch)
    {
        batch.Begin(_time.GetTimestamp());
        if (_failure is not null)
        {
            // Nobody waits for a disk that is known to fail; the hits still go to disk if it comes back.
            batch.TakeAnswer();
        }
        else if (!_watching)
        {
            _watching = true;
            _watchdog.Change(_options.AnswerWithin, Timeout.InfiniteTimeSpan);
        }
        Monitor.Pulse(_gate);
    }
}
