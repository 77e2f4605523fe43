using System.Buffers.Binary;
using Tracker.Domain.Tokens;

namespace Tracker.Hits;

/// <summary>
/// A recipient's wish not to be tracked, as it goes through the journal: the one thing beside hits that comes from outside and must not be lost while
/// the database is away.
/// </summary>
/// <param name="Source">How it came in: <c>page</c> or <c>one-click</c>.</param>
public readonly record struct RefusalWish(CopyId Copy, DateTimeOffset At, string Source)
{
    // Format 2 of journal records: version, source, time (8), copy id (16).
    const byte Format = 2;
    const int TimeAt = 2, CopyAt = TimeAt + sizeof(long), Length = CopyAt + CopyId.Length;

    public const string Page = "page", OneClick = "one-click";

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        (bytes[0], bytes[1]) = (Format, Source == OneClick ? (byte)1 : (byte)0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(TimeAt), At.ToUnixTimeMilliseconds());
        Copy.CopyTo(bytes.AsSpan(CopyAt));
        return bytes;
    }

    /// <returns>False when the record is something else.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out RefusalWish wish)
    {
        var isWish = payload.Length == Length && payload[0] == Format;
        wish = isWish
            ? new(CopyId.FromBytes(payload[CopyAt..]), DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(payload[TimeAt..])), payload[1] == 1 ? OneClick : Page)
            : default;
        return isWish;
    }
}
