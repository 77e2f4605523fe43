using System.Buffers.Binary;

namespace Tracker.Journal;

/// <summary>Where a segment ended. Told by the one behind it, so that an end that goes missing later is noticed. The default tells nothing.</summary>
/// <param name="Name">The low half of its first id.</param>
readonly record struct SegmentEnd(uint Name, uint Length)
{
    public static SegmentEnd Of(Segment segment) => new((uint)segment.FirstId, (uint)segment.Length);

    /// <summary>True when this is about that segment and it held more than up to here.</summary>
    public bool IsBeyond(Segment segment, long end) => Name == (uint)segment.FirstId && Length > end;
}

/// <summary>
/// The first bytes of a segment, little-endian: magic (8) | version (4) | name of the segment before (4) | first id (8) | length of the segment before (4) |
/// CRC32C of all that (4). Version 1 has the node and zero in place of the two about the segment before.
/// </summary>
static class SegmentHeader
{
    public const int Length = 32;

    const uint Version = 2, Earlier = 1;
    const int VersionAt = 8, NameAt = 12, FirstIdAt = 16, LengthAt = 24, CrcAt = 28;

    static ReadOnlySpan<byte> Magic => "TRKHITS\n"u8;

    public static byte[] Make(long firstId, SegmentEnd before = default)
    {
        var header = new byte[Length];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(NameAt), before.Name);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(FirstIdAt), firstId);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(LengthAt), before.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(CrcAt), RecordFormat.Crc32C(header.AsSpan(0, CrcAt)));
        return header;
    }

    /// <returns>True for a header without a damaged bit, of the segment that begins with this id.</returns>
    public static bool TryRead(ReadOnlySpan<byte> header, long firstId, out SegmentEnd before)
    {
        before = default;
        if (header.Length < Length || !header.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(header[VersionAt..]) is not (Version or Earlier)
            || BinaryPrimitives.ReadInt64LittleEndian(header[FirstIdAt..]) != firstId || BinaryPrimitives.ReadUInt32LittleEndian(header[CrcAt..]) != RecordFormat.Crc32C(header[..CrcAt]))
        {
            return false;
        }
        before = new(BinaryPrimitives.ReadUInt32LittleEndian(header[NameAt..]), BinaryPrimitives.ReadUInt32LittleEndian(header[LengthAt..]));
        return true;
    }
}
