using Tracker.Storage;

namespace Tracker.Journal;

/// <summary>The segments on disk, oldest first. Thread-safe: the writer adds at the end, the projector releases at the front and reads.</summary>
sealed class SegmentFolder(string folder, ILogger log)
{
    readonly Lock _gate = new();
    readonly List<Segment> _segments = [];

    public string Path => folder;

    /// <summary>Segments that recovery set aside.</summary>
    public int SetAside { get; private set; }

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

    /// <summary>
    /// Finds what earlier runs left. Only the headers and the last segment are read, so the start stays short behind a long backlog; the rest is
    /// checked when it is read.
    /// </summary>
    /// <returns>The last readable id, and the highest that may ever have been given out; 0 when there is none.</returns>
    /// <exception cref="IOException">The folder cannot be made or listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public (long LastId, long HighestId) Recover()
    {
        Make();
        var found = new DirectoryInfo(folder).EnumerateFiles("*" + Segment.Extension).Select(Segment.Of).OfType<Segment>().OrderByDescending(s => s.FirstId);
        var kept = new List<Segment>();
        var highest = 0L;
        foreach (var segment in found)
        {
            // Ids of records that are cut or unreadable now may be in the database: every 16 bytes may have held one.
            highest = Math.Max(highest, segment.FirstId + segment.Length / RecordFormat.HeadLength);
            if (IsUsable(segment, isLast: kept.Count == 0))
            {
                kept.Insert(0, segment);
            }
        }
        lock (_gate)
        {
            _segments.InsertRange(0, kept);
        }
        return (kept is [.., var last] ? last.LastId : 0, highest);
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
            Tidy(segment, s => File.Delete(s.Path));
        }
        if (released.Count > 0)
        {
            Tidy(released[^1], _ => DirectorySync.Flush(folder));
        }
    }

    bool IsUsable(Segment segment, bool isLast)
    {
        bool hasHeader;
        try
        {
            using var reader = new SegmentReader(segment);
            hasHeader = reader.HasHeader();
            if (hasHeader && !isLast)
            {
                return true;
            }
            var records = new List<JournalRecord>();
            do
            {
                records.Clear();
                reader.Read(records, max: 1000, after: 0, segment.Length);
            }
            while (records.Count > 0);
            segment.LastId = reader.LastId;
            if (reader.LastId > 0)
            {
                MakeDurable(segment, reader, isLast);
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Perhaps another start can read it.
            log.NotTidied(segment.Path, e);
            return false;
        }
        if (hasHeader)
        {
            // The first batch of a segment never got to disk.
            Tidy(segment, s => File.Delete(s.Path));
            return false;
        }
        SetAside++;
        log.SetAside(segment.Path);
        Tidy(segment, s => File.Move(s.Path, s.Path + ".damaged", overwrite: true));
        return false;
    }

    /// <summary>After a crash the end of the last segment may be torn, and may be in memory only.</summary>
    void MakeDurable(Segment segment, SegmentReader read, bool isLast)
    {
        if (!isLast)
        {
            return;
        }
        var (end, torn) = (read.End, segment.Length - read.End);
        segment.Length = end;
        Tidy(segment, s =>
        {
            using var file = File.OpenHandle(s.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            if (torn > 0)
            {
                RandomAccess.SetLength(file, end);
            }
            if (read.EndsDamaged)
            {
                log.TailCut(torn, s.Path);
            }
            RandomAccess.FlushToDisk(file);
        });
    }

    void Tidy(Segment segment, Action<Segment> action)
    {
        try
        {
            action(segment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.NotTidied(segment.Path, e);
        }
    }
}
