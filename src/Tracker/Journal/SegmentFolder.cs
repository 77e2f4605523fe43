using Tracker.Storage;

namespace Tracker.Journal;

/// <summary>The segments on disk, oldest first. Thread-safe: the writer adds at the end, the projector releases at the front and reads.</summary>
sealed class SegmentFolder(string folder, ILogger log)
{
    readonly Lock _gate = new();
    readonly List<Segment> _segments = [];

    public string Path => folder;

    /// <summary>Damaged places that recovery found.</summary>
    public int Damaged { get; private set; }

    /// <summary>Where the newest segment ends.</summary>
    public SegmentEnd End
    {
        get
        {
            lock (_gate)
            {
                return _segments is [.., var last] ? SegmentEnd.Of(last) : default;
            }
        }
    }

    public (int Count, long Bytes) Size
    {
        get
        {
            lock (_gate)
            {
                return (_segments.Count, _segments.Sum(s => s.Length));
            }
        }
    }

    /// <summary>Takes over what earlier runs left.</summary>
    /// <returns>The last readable id, and the highest that may ever have been given out; 0 when there is none.</returns>
    /// <exception cref="IOException">The folder cannot be made or listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public (long LastId, long HighestId) Recover()
    {
        Make();
        var recovery = new SegmentRecovery(folder, log);
        recovery.Find();
        Damaged += recovery.Damaged;
        lock (_gate)
        {
            _segments.InsertRange(0, recovery.Kept);
        }
        return (recovery.Kept is [.., var last] ? last.LastId : 0, recovery.HighestId);
    }

    /// <summary>Makes the folder durably, when it is missing.</summary>
    public void Make()
    {
        if (!Directory.Exists(folder) && Directory.CreateDirectory(folder).Parent is { } parent)
        {
            DirectorySync.Flush(parent.FullName);
        }
    }

    public void Add(Segment segment)
    {
        lock (_gate)
        {
            _segments.Add(segment);
        }
    }

    /// <returns>False when it was released already.</returns>
    public bool Forget(Segment segment)
    {
        lock (_gate)
        {
            return _segments.Remove(segment);
        }
    }

    /// <summary>The segment in which reading on after this id begins; null when there is none.</summary>
    public Segment? Holding(long afterId)
    {
        lock (_gate)
        {
            return _segments.FindLast(s => s.FirstId <= afterId) ?? _segments.FirstOrDefault();
        }
    }

    public Segment? Next(Segment segment)
    {
        lock (_gate)
        {
            return _segments.Find(s => s.FirstId > segment.FirstId);
        }
    }

    /// <summary>Deletes the segments before <paramref name="active"/> that hold no id above this one.</summary>
    public void Release(long throughId, Segment? active)
    {
        List<Segment> released = [];
        lock (_gate)
        {
            // A sealed segment of an earlier run was not read to its end: what bounds its ids is where the next one begins.
            while (_segments is [var first, .. var rest] && first != active
                && (first.LastId > 0 ? first.LastId : rest is [var next, ..] ? next.FirstId - 1 : long.MaxValue) <= throughId)
            {
                released.Add(first);
                _segments.RemoveAt(0);
            }
        }
        foreach (var segment in released)
        {
            segment.Tidy(s => File.Delete(s.Path), log);
        }
        if (released.Count > 0)
        {
            released[^1].Tidy(_ => DirectorySync.Flush(folder), log);
        }
    }
}
