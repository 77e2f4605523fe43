using System.Buffers.Binary;
using System.Numerics;

namespace Tracker.Journal;

/// <summary>
/// The bytes of a segment, little-endian. Header: magic (8) | version (4) | node (4) | first id (8) | zero (4) | CRC32C of all that (4).
/// Record: payload length (4) | CRC32C over id and payload (4) | hit id (8) | payload. The format is described in docs/journal.md.
/// </summary>
static class RecordFormat
{
    public const int HeaderLength = 32;
    public const int HeadLength = 16;

    /// <summary>32 KiB: all the request headers the web server takes, so no genuine hit is longer.</summary>
    public const int MaxPayload = 32 << 10;

    /// <summary>What <see cref="PayloadLength"/> answers when no record can begin here.</summary>
    public const int NoRecord = -1;

    /// <summary>What <see cref="PayloadLength"/> answers when a record may begin here but goes on after the given bytes.</summary>
    public const int Incomplete = -2;

    const uint Version = 1;
    const int CrcOffset = 4;
    const int IdOffset = 8;
    const int HeaderCrcOffset = HeaderLength - sizeof(uint);

    static ReadOnlySpan<byte> Magic => "TRKHITS\n"u8;

    public static byte[] Header(long firstId)
    {
        var header = new byte[HeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), HitIds.NodeOf(firstId));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), firstId);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(HeaderCrcOffset), Crc32C(header.AsSpan(0, HeaderCrcOffset)));
        return header;
    }

    /// <summary>True for a header of this version without a damaged bit, belonging to the segment that begins with this id.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> bytes, long firstId) => bytes.SequenceEqual(Header(firstId));

    /// <param name="to">At least <see cref="HeadLength"/> and the payload's length.</param>
    public static void Write(Span<byte> to, long id, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[IdOffset..], id);
        payload.CopyTo(to[HeadLength..]);
        BinaryPrimitives.WriteUInt32LittleEndian(to[CrcOffset..], Crc32C(to.Slice(IdOffset, sizeof(long) + payload.Length)));
    }

    /// <summary>Looks for a record at the first byte. The cheap tests come first, because a search through damage asks at every byte.</summary>
    /// <param name="lowest">Smallest id that can stand here; a higher one must be of the same node.</param>
    /// <returns>The payload's length, <see cref="NoRecord"/> or <see cref="Incomplete"/>.</returns>
    public static int PayloadLength(ReadOnlySpan<byte> at, long lowest, out long id)
    {
        id = 0;
        if (at.Length < HeadLength)
        {
            return Incomplete;
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(at);
        id = BinaryPrimitives.ReadInt64LittleEndian(at[IdOffset..]);
        if (length is < 0 or > MaxPayload || id < lowest || HitIds.NodeOf(id) != HitIds.NodeOf(lowest))
        {
            return NoRecord;
        }
        if (at.Length < HeadLength + length)
        {
            return Incomplete;
        }
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(at[CrcOffset..]);
        return crc == Crc32C(at.Slice(IdOffset, sizeof(long) + length)) ? length : NoRecord;
    }

    static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return ~crc;
    }
}
