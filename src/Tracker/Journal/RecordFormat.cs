using System.Buffers.Binary;
using System.Numerics;

namespace Tracker.Journal;

/// <summary>
/// The bytes of a record, little-endian: payload length (4) | CRC32C over id and payload (4) | hit id (8) | payload. The format is described in docs/journal.md.
/// </summary>
static class RecordFormat
{
    public const int HeadLength = 16;

    /// <summary>32 KiB: all the request headers the web server takes, so no genuine hit is longer.</summary>
    public const int MaxPayload = 32 << 10;

    /// <summary>What <see cref="PayloadLength"/> answers when no record can begin here.</summary>
    public const int NoRecord = -1;

    /// <summary>What <see cref="PayloadLength"/> answers when a record may begin here but goes on after the given bytes.</summary>
    public const int Incomplete = -2;

    const int CrcOffset = 4;
    const int IdOffset = 8;

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

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
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
