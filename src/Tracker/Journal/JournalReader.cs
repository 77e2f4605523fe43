namespace Tracker.Journal;

/// <summary>The one reader's place in the journal, kept so that reading on costs no search. Not thread-safe.</summary>
sealed class JournalReader(SegmentFolder folder, ILogger log) : IDisposable
{
    SegmentReader? _file;
    long _lastRead;
    long _damaged;

    /// <summary>Damaged stretches passed so far, segments that vanished included.</summary>
    public long Damaged => Volatile.Read(ref _damaged);

    /// <exception cref="IOException">The disk failed; the next call tries again.</exception>
    public IReadOnlyList<JournalRecord> Read(long after, int max)
    {
        if (after != _lastRead)
        {
            Close();
        }
        var records = new List<JournalRecord>();
        var last = after;
        try
        {
            while (records.Count < max && (_file ??= Open(folder.Holding(after))) is { } file)
            {
                // Asked for before reading: once there is a next segment, this one's length is final.
                var next = folder.Next(file.Segment);
                ReadFrom(file, records, max, last);
                last = records is [.., var newest] ? newest.HitId : after;
                if (records.Count == max || next is null)
                {
                    break;
                }
                GoOn(file, next);
            }
        }
        catch
        {
            Close();
            throw;
        }
        _lastRead = last;
        return records;
    }

    public void Dispose() => Close();

    void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    void GoOn(SegmentReader from, Segment next)
    {
        using var done = from;
        _file = Open(next);
        if (_file?.ReadHeader(out var told) == true && told.IsBeyond(from.Segment, from.End) && !from.EndsDamaged)
        {
            Count(1, from.Segment, from.LastId);
        }
    }

    SegmentReader? Open(Segment? segment)
    {
        while (segment is not null)
        {
            try
            {
                return new(segment);
            }
            catch (FileNotFoundException)
            {
                if (folder.Forget(segment)) // False: released a moment ago.
                {
                    Count(1, segment, _lastRead);
                }
            }
            segment = folder.Next(segment);
        }
        return null;
    }

    void ReadFrom(SegmentReader file, List<JournalRecord> records, int max, long after)
    {
        var before = file.Damaged;
        file.Read(records, max, after, file.Segment.Length);
        if (file.Damaged > before)
        {
            Count(file.Damaged - before, file.Segment, file.LastId);
        }
    }

    void Count(int damaged, Segment segment, long lastId)
    {
        Interlocked.Add(ref _damaged, damaged);
        log.Skipped(damaged, segment.Path, lastId);
    }
}
