using Microsoft.Win32.SafeHandles;

namespace Tracker.Journal;

/// <summary>
/// Reads one segment from its start, once. After damage it searches, byte by byte, for the next record with a good CRC and a growing id. Zeros up to the end are no damage:
/// they were filled in ahead of records that never came.
/// </summary>
sealed class SegmentReader(Segment segment) : IDisposable
{
    // Holds any record, and stays below the large object heap.
    const int ChunkLength = 64 << 10;

    readonly SafeFileHandle _file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    long _position = SegmentHeader.Length;
    bool _searching;
    bool _counted; // The stretch that is being searched is among the damaged ones.

    public Segment Segment => segment;

    /// <summary>Where the last good record ends.</summary>
    public long End { get; private set; } = SegmentHeader.Length;

    /// <summary>Id of the last good record; 0 before the first.</summary>
    public long LastId { get; private set; }

    /// <summary>Damaged stretches found so far.</summary>
    public int Damaged { get; private set; }

    /// <summary>The last stretch was damaged, and no record came behind it.</summary>
    public bool EndsDamaged => _searching && _counted;

    /// <param name="before">What the header tells of the segment before.</param>
    /// <returns>False when the header is damaged.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public bool ReadHeader(out SegmentEnd before)
    {
        Span<byte> header = stackalloc byte[SegmentHeader.Length];
        return SegmentHeader.TryRead(header[..RandomAccess.Read(_file, header, 0)], segment.FirstId, out before);
    }

    /// <summary>Goes on from where the last call stopped until <paramref name="into"/> holds <paramref name="max"/> records or the end is reached.</summary>
    /// <param name="after">Records up to this id are passed over.</param>
    /// <param name="end">Where the durable part ends; may grow from call to call.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Read(List<JournalRecord> into, int max, long after, long end)
    {
        while (into.Count < max && _position < end)
        {
            var chunk = new byte[Math.Min(ChunkLength, end - _position)];
            var length = RandomAccess.Read(_file, chunk, _position);
            var isLast = length == 0 || _position + length >= end;
            var used = Take(chunk.AsMemory(0, length), isLast, into, max, after);
            _position = length == 0 ? end : _position + used; // Length 0: the file was shortened behind our back.
        }
    }

    public void Dispose() => _file.Dispose();

    int Take(ReadOnlyMemory<byte> chunk, bool isLast, List<JournalRecord> into, int max, long after)
    {
        var used = 0;
        while (used < chunk.Length && into.Count < max)
        {
            var lowest = _searching ? Math.Max(segment.FirstId, LastId + 1) : segment.FirstId;
            var length = RecordFormat.PayloadLength(chunk.Span[used..], lowest, out var id);
            if (length == RecordFormat.Incomplete && !isLast)
            {
                break;
            }
            if (length < 0)
            {
                used += Search(chunk.Span[used..]);
                continue;
            }
            Damaged += _searching && !_counted ? 1 : 0;
            if (id > LastId && id > after)
            {
                into.Add(new(id, chunk.Slice(used + RecordFormat.HeadLength, length)));
            }
            _searching = _counted = false;
            LastId = Math.Max(LastId, id);
            used += RecordFormat.HeadLength + length;
            End = _position + used;
        }
        return used;
    }

    /// <returns>How many bytes to go on: no record begins in them.</returns>
    int Search(ReadOnlySpan<byte> rest)
    {
        _searching = true;
        var zeros = rest.IndexOfAnyExcept((byte)0);
        // A record begins with its length, whose first bytes may be zero.
        var passed = (zeros < 0 ? rest.Length : zeros) - sizeof(int);
        if (zeros < 0 || passed > 0)
        {
            return Math.Max(1, passed);
        }
        Damaged += _counted ? 0 : 1;
        _counted = true;
        return 1;
    }
}
