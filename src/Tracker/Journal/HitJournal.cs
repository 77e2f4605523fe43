using Microsoft.Win32.SafeHandles;

namespace Tracker.Journal;

/// <summary>
/// The append-only log between the request path and the database. Requests serialise into the batch that is filling, under a short lock; one
/// thread (HitJournal.Writer.cs) writes and syncs it. A batch is what queued during the last sync: no timer forms it. A watchdog
/// answers false to whoever waited too long, and the write goes on. What may fail and what then happens is told in docs/journal.md.
/// </summary>
public sealed partial class HitJournal : IAsyncDisposable
{
    /// <summary>64 MiB of hits, some 200,000, are kept in memory while the disk fails or hangs; what comes then is lost.</summary>
    const long MaxQueuedBytes = 64 << 20;

    static readonly Task<bool> NotRecorded = Task.FromResult(false);

    // One lock guards every field below it and the answer of every batch. Nobody does I/O under it.
    readonly object _gate = new();
    readonly Queue<Batch> _full = new(); // Only an outage fills batches to the brim.
    Batch _filling = new();
    Batch? _writing;
    Batch? _spare;
    long _queuedBytes;
    long _nextId;
    long _lastRecorded;
    (long From, long Through) _unreadable; // Where the reader found nothing: damage, if durable ids lie there.
    long _recorded, _unrecorded, _recordedLate, _syncs;
    string? _failure; // Why the last write failed.
    bool _isSlow; // The watchdog had to answer, and no sync has ended since.
    bool _isRecovered; // The folder was read, so ids are known to grow.
    bool _isStopping;
    bool _watching;
    TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    readonly JournalOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly Action<SafeFileHandle> _sync;
    readonly SegmentFolder _folder;
    readonly JournalReader _reader;
    readonly Lock _reading = new();
    readonly ITimer _watchdog;

    HitJournal(JournalOptions options, TimeProvider time, ILogger log, Action<SafeFileHandle> sync)
    {
        (_options, _time, _log, _sync) = (options, time, log, sync);
        _folder = new(Path.GetFullPath(options.Folder), log);
        _reader = new(_folder, log);
        _watchdog = time.CreateTimer(_ => Watch(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _nextId = HitIds.Of(options.Node, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>
    /// Opens the journal and recovers what earlier runs left. A missing, full or read-only disk is no error: the journal then opens unhealthy,
    /// answers false, and recovers by itself.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The node is not 0 to 511.</exception>
    public static HitJournal Open(JournalOptions options, TimeProvider time, ILogger<HitJournal> log) =>
        Open(options, time, log, DataSync.Flush);

    /// <param name="sync">Tests make the disk hang or fail here.</param>
    internal static HitJournal Open(JournalOptions options, TimeProvider time, ILogger log, Action<SafeFileHandle> sync)
    {
        var journal = new HitJournal(options, time, log, sync);
        journal.TryToBeReady();
        journal.StartWriter();
        return journal;
    }

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


    public JournalStatus Status
    {
        get
        {
            var (segments, bytes) = _folder.Size;
            lock (_gate)
            {
                var problem = _failure ?? (_isSlow ? JournalProblems.Slow(_options.AnswerWithin, _options.Folder) : null);
                return new(problem, _recorded, _unrecorded, _recordedLate, _reader.Damaged + _folder.SetAside, bytes, segments, _lastRecorded, _syncs);
            }
        }
    }

    /// <summary>
    /// Durable records above this id, in order, at most <paramref name="max"/>. For one reader: a call that goes on from the last record of the
    /// call before needs no search. Damaged records are skipped, counted and logged.
    /// </summary>
    /// <exception cref="IOException">The disk failed; nothing is lost by calling again.</exception>
    public IReadOnlyList<JournalRecord> Read(long afterHitId, int max)
    {
        long durable;
        lock (_gate)
        {
            durable = _lastRecorded;
        }
        lock (_reading)
        {
            var records = _reader.Read(afterHitId, max);
            if (records.Count == 0)
            {
                SetUnreadable(afterHitId, durable);
            }
            return records;
        }
    }

    /// <summary>Completes when a record above this id is durable.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, also when nothing ever comes because the journal was closed.</exception>
    public async Task WaitForMoreAsync(long afterHitId, CancellationToken ct)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_lastRecorded > (_unreadable.From <= afterHitId ? Math.Max(afterHitId, _unreadable.Through) : afterHitId))
                {
                    return;
                }
                more = _more.Task;
            }
            await more.WaitAsync(ct);
        }
    }

    /// <summary>Tells that every hit up to this id is committed in the database. Segments wholly below it are deleted, never the one being written.</summary>
    public void Release(long throughHitId) => _folder.Release(throughHitId, _active?.Segment);

    /// <summary>Makes every id given out from now on higher than this one: for a database that knows more than the folder does, because the folder was emptied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is another node's.</exception>
    public void ContinueAfter(long hitId)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(HitIds.NodeOf(hitId), _options.Node);
        lock (_gate)
        {
            _nextId = Math.Max(_nextId, hitId + 1);
        }
    }

    /// <summary>Without this a reader whose last records are damaged would be woken again and again for nothing.</summary>
    void SetUnreadable(long from, long through)
    {
        lock (_gate)
        {
            _unreadable = (from, through);
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
