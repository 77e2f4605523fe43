using System.Buffers.Binary;
using System.Text;
using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;

namespace Tracker.Hits;

/// <summary>A journal record that is not a hit of a known format.</summary>
public sealed class DamagedHitException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A hit as it goes through the journal: facts without an address, not yet tied to a copy in the database.</summary>
/// <param name="Copy">The copy's random id, from the token.</param>
/// <param name="Facts">Its id is the journal's.</param>
public readonly record struct HitRecord(CopyId Copy, Hit Facts)
{
    // Format 1: version, kind, own visit, link (2), time (8), source hash (8), copy id (16), then texts as length (2) and UTF-8:
    // method, source prefix, User-Agent, network (empty: none; then certainty, scope), and the headers as count and (index, text).
    const byte Format = 1;
    const int CopyAt = 3 + sizeof(ushort) + 2 * sizeof(long);

    public static HitRecord Read(long hitId, ReadOnlySpan<byte> payload)
    {
        var reader = new Reader(payload);
        try
        {
            if (reader.Byte() is var format && format != Format)
            {
                throw new DamagedHitException($"Hit {hitId} has format {format}; this Tracker knows format {Format}.");
            }
            var kind = (HitKind)reader.Byte();
            var ownVisit = (OwnVisit)reader.Byte();
            var link = reader.UInt16();
            var at = DateTimeOffset.FromUnixTimeMilliseconds(reader.Int64());
            var sourceHash = reader.Int64();
            var copy = CopyId.FromBytes(reader.Bytes(CopyId.Length));
            var method = reader.Text();
            var prefix = reader.Text();
            var userAgent = reader.Text();
            var network = reader.Text() is { Length: > 0 } name ? new KnownNetwork(name, (NetworkCertainty)reader.Byte(), reader.Byte() != 0) : null;
            var headers = new Dictionary<string, string>();
            for (var left = reader.Byte(); left > 0; left--)
            {
                headers[HitHeaders.Allowed[reader.Byte()]] = reader.Text();
            }
            return new(copy, new()
            {
                Id = hitId,
                Kind = Enum.IsDefined(kind) ? kind : throw new DamagedHitException($"Hit {hitId} is of unknown kind {kind}."),
                Link = kind == HitKind.Click ? link : null,
                At = at,
                Method = method,
                UserAgent = userAgent,
                Headers = headers,
                Network = network,
                SourcePrefix = prefix,
                SourceHash = sourceHash,
                OwnVisit = ownVisit,
            });
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException)
        {
            throw new DamagedHitException($"Hit {hitId} ends too early or holds values out of range.", e);
        }
    }

    /// <summary>Whose copy a record is about, without reading the rest; null when it is no hit.</summary>
    public static CopyId? CopyOf(ReadOnlySpan<byte> payload) => payload.Length >= CopyAt + CopyId.Length && payload[0] == Format ? CopyId.FromBytes(payload.Slice(CopyAt, CopyId.Length)) : null;

    ref struct Reader(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> _rest = rest;

        public ReadOnlySpan<byte> Bytes(int count)
        {
            var bytes = _rest[..count];
            _rest = _rest[count..];
            return bytes;
        }

        public byte Byte() => Bytes(1)[0];

        public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

        public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

        public string Text() => Encoding.UTF8.GetString(Bytes(UInt16()));
    }

    /// <summary>Writes a hit into a buffer of the caller; allocates nothing.</summary>
    public ref struct Writer(Span<byte> buffer)
    {
        /// <summary>Room for the longest hit there can be: every text is cut before it is written.</summary>
        public const int MaxLength = 24 * 1024;

        readonly Span<byte> _buffer = buffer;
        int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

        public void Head(HitKind kind, OwnVisit ownVisit, int link, DateTimeOffset at, long sourceHash, CopyId copy)
        {
            Byte(Format);
            Byte((byte)kind);
            Byte((byte)ownVisit);
            BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)link);
            BinaryPrimitives.WriteInt64LittleEndian(Take(8), at.ToUnixTimeMilliseconds());
            BinaryPrimitives.WriteInt64LittleEndian(Take(8), sourceHash);
            copy.CopyTo(Take(CopyId.Length));
        }

        public void Text(scoped ReadOnlySpan<char> text, int most)
        {
            text = text.Length > most ? text[..most] : text;
            var length = Encoding.UTF8.GetBytes(text, _buffer[(_length + 2)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)length);
            Take(length);
        }

        public void Network(KnownNetwork? network)
        {
            Text(network?.Name, 100);
            if (network is not null)
            {
                Byte((byte)network.Certainty);
                Byte(network.ClicksOnly ? (byte)1 : (byte)0);
            }
        }

        public void Headers(IHeaderDictionary headers)
        {
            var count = _length;
            Byte(0);
            for (var i = 0; i < HitHeaders.Allowed.Count; i++)
            {
                if (headers.TryGetValue(HitHeaders.Allowed[i], out var value))
                {
                    Byte((byte)i);
                    Text(HitHeaders.Reduce(i, value.ToString()), HitHeaders.MaxValue);
                    _buffer[count]++;
                }
            }
        }

        void Byte(byte value) => Take(1)[0] = value;

        Span<byte> Take(int count)
        {
            var taken = _buffer.Slice(_length, count);
            _length += count;
            return taken;
        }
    }
}
