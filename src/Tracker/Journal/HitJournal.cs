using Microsoft.Win32.SafeHandles;

namespace Tracker.Journal;

/// <summary>
/// The append-only log between the request path and the database. Requests serialise into the batch that is filling (HitJournal.Queue.cs), under a short
/// lock; one thread (HitJournal.Writer.cs) writes and syncs it. A batch is what queued during the last sync: no timer forms it. A watchdog
/// answers false to whoever waited too long, and the write goes on. What may fail and what then happens is told in docs/journal.md.
/// </summary>
public sealed partial class HitJournal : IAsyncDisposable
{
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

    public JournalStatus Status
    {
        get
        {
            var (segments, bytes) = _folder.Size;
            lock (_gate)
            {
                var problem = _failure ?? (_isSlow ? JournalProblems.Slow(_options.AnswerWithin, _options.Folder) : null);
                return new(problem, _recorded, _unrecorded, _recordedLate, _reader.Damaged + _folder.Damaged, bytes, segments, _lastRecorded, _syncs);
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
}
