namespace Tracker.Journal;

/// <param name="Node">Of the records; 0 when there are none.</param>
/// <param name="Damaged">Stretches that could not be read.</param>
public sealed record JournalContent(int Segments, long Records, long LastId, int Node, int Damaged);

/// <summary>A journal's files, looked at from outside: beside a running server, or in a backup.</summary>
public static class JournalFiles
{
    /// <summary>
    /// Copies the segments as they are now. What was durable before the call is in the copy or, when its segment was released meanwhile, in the
    /// database; the end of the one being written may be torn, which the next start cuts as after a crash.
    /// </summary>
    /// <param name="to">Gets the name and the content of each, in the order of their ids.</param>
    /// <exception cref="IOException">A segment cannot be read.</exception>
    public static void Copy(string folder, Action<string, Stream> to)
    {
        foreach (var path in Paths(folder))
        {
            FileStream file;
            try
            {
                file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            }
            catch (FileNotFoundException)
            {
                continue; // Released: the database has it.
            }
            using (file)
            {
                to(Path.GetFileName(path), file);
            }
        }
    }

    /// <summary>Reads every record.</summary>
    /// <param name="after">Counts only records above this id.</param>
    /// <exception cref="IOException">A segment cannot be read.</exception>
    public static JournalContent Look(string folder, long after = 0)
    {
        var (segments, count, last, node, damaged) = (0, 0L, 0L, 0, 0);
        var records = new List<JournalRecord>();
        (Segment Segment, long End)? before = null;
        foreach (var path in Paths(folder))
        {
            if (Segment.Of(new FileInfo(path)) is not { } segment)
            {
                continue;
            }
            segments++;
            using var reader = new SegmentReader(segment);
            damaged += before is { } earlier && reader.ReadHeader(out var told) && told.IsBeyond(earlier.Segment, earlier.End) ? 1 : 0;
            do
            {
                records.Clear();
                reader.Read(records, max: 1000, Math.Max(after, last), segment.Length);
                count += records.Count;
                last = records is [.., var newest] ? newest.HitId : last;
            }
            while (records.Count > 0);
            node = HitIds.NodeOf(segment.FirstId);
            before = (segment, reader.End);
            // Nothing readable behind the last record: the torn end of a segment that was being written, and no damage.
            damaged += reader.Damaged - (reader.EndsDamaged ? 1 : 0);
        }
        return new(segments, count, last, node, damaged);
    }

    /// <summary>Segments that could not be read at an earlier start.</summary>
    public static int SetAside(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "*.damaged").Length : 0;

    static IEnumerable<string> Paths(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Segment.Extension).Order(StringComparer.Ordinal) : [];
}
