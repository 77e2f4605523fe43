namespace Tracker.Journal;

/// <summary>
/// Finds what earlier runs left in the folder. Only the headers and the last segment are read, so the start stays short behind a long backlog; the rest is
/// checked when it is read.
/// </summary>
sealed class SegmentRecovery(string folder, ILogger log)
{
    readonly List<Segment> _kept = [];
    SegmentEnd _told; // What the segment behind says of the one that is looked at.

    /// <summary>The segments that can be read, oldest first; of the last the last id is known.</summary>
    public IReadOnlyList<Segment> Kept => _kept;

    /// <summary>The highest id that may ever have been given out; 0 when there is none.</summary>
    public long HighestId { get; private set; }

    /// <summary>Segments set aside, and a last one whose end is missing.</summary>
    public int Damaged { get; private set; }

    /// <exception cref="IOException">The folder cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Find()
    {
        foreach (var segment in new DirectoryInfo(folder).EnumerateFiles("*" + Segment.Extension).Select(Segment.Of).OfType<Segment>().OrderByDescending(s => s.FirstId))
        {
            // Ids of records that are cut or unreadable now may be in the database: every 16 bytes may have held one.
            HighestId = Math.Max(HighestId, segment.FirstId + segment.Length / RecordFormat.HeadLength);
            if (IsUsable(segment, isLast: _kept.Count == 0))
            {
                _kept.Insert(0, segment);
            }
        }
    }

    bool IsUsable(Segment segment, bool isLast)
    {
        bool isEmpty;
        try
        {
            var told = _told;
            _told = default;
            using var reader = new SegmentReader(segment);
            var hasHeader = reader.ReadHeader(out _told);
            if (hasHeader && !isLast)
            {
                return true;
            }
            segment.LastId = LastIdOf(reader);
            var isShort = told.IsBeyond(segment, reader.End);
            if (reader.LastId > 0)
            {
                if (isLast)
                {
                    CutAfter(segment, reader, isShort);
                }
                return true;
            }
            isEmpty = !isShort && (hasHeader || segment.Length == 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Perhaps another start can read it.
            log.NotTidied(segment.Path, e);
            return false;
        }
        Remove(segment, isEmpty);
        return false;
    }

    static long LastIdOf(SegmentReader reader)
    {
        var records = new List<JournalRecord>();
        do
        {
            records.Clear();
            reader.Read(records, max: 1000, after: 0, reader.Segment.Length);
        }
        while (records.Count > 0);
        return reader.LastId;
    }

    /// <param name="isEmpty">A crash came between making it and its first batch; nothing in it was acknowledged.</param>
    void Remove(Segment segment, bool isEmpty)
    {
        if (isEmpty)
        {
            segment.Tidy(s => File.Delete(s.Path), log);
            return;
        }
        Damaged++;
        log.SetAside(segment.Path);
        segment.Tidy(s => File.Move(s.Path, s.Path + ".damaged", overwrite: true), log);
    }

    /// <summary>After a crash the end of the last segment may be torn, and may be in memory only.</summary>
    /// <param name="isShort">There was more, and it had been acknowledged.</param>
    void CutAfter(Segment segment, SegmentReader read, bool isShort)
    {
        var (end, torn) = (read.End, segment.Length - read.End);
        segment.Length = end;
        segment.Tidy(s =>
        {
            using var file = File.OpenHandle(s.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            if (torn > 0)
            {
                RandomAccess.SetLength(file, end);
            }
            RandomAccess.FlushToDisk(file);
        }, log);
        if (isShort)
        {
            Damaged++;
            log.Skipped(1, segment.Path, segment.LastId);
        }
        else if (read.EndsDamaged)
        {
            log.TailCut(torn, segment.Path);
        }
    }
}
