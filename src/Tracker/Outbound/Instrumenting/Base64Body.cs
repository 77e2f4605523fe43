using System.Buffers.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Base64 (RFC 2045, 6.8). Everything before the first edit keeps its encoded bytes.</summary>
sealed class Base64Body : PartBody
{
    const int GroupChars = 4;
    const int GroupBytes = 3;

    readonly byte[] _text;
    readonly int _encodedEnd;

    Base64Body(ReadOnlyMemory<byte> raw, string newLine, byte[] text, int encodedEnd) : base(raw, newLine)
    {
        _text = text;
        _encodedEnd = encodedEnd;
    }

    public override ReadOnlyMemory<byte> Text => _text;

    /// <returns>Null unless the body is clean base64 with nothing but white space after it: decoders disagree on everything else.</returns>
    public static Base64Body? TryRead(ReadOnlyMemory<byte> raw, string newLine)
    {
        var encodedEnd = raw.Span.LastIndexOfAnyExcept(" \t\r\n"u8) + 1;
        var chars = new byte[encodedEnd];
        var length = 0;
        foreach (var c in raw.Span[..encodedEnd])
        {
            if (c is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                chars[length++] = c;
            }
        }
        var status = Base64.DecodeFromUtf8InPlace(chars.AsSpan(0, length), out var decoded);
        if (status != System.Buffers.OperationStatus.Done)
        {
            return null;
        }
        Array.Resize(ref chars, decoded);
        return new(raw, newLine, chars, encodedEnd);
    }

    public override List<ReadOnlyMemory<byte>> Splice(IReadOnlyList<Edit> edits)
    {
        if (edits.Count == 0)
        {
            return [Raw];
        }
        // Groups are independent of each other, so the first changed group is where the encoding has to begin anew.
        var group = edits[0].Start / GroupBytes;
        var (from, column, widest) = Position(group * GroupChars);
        var text = Edit.Join(Edit.Apply(_text, edits)).AsSpan(group * GroupBytes);
        var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(text.Length)];
        Base64.EncodeToUtf8(text, encoded, out _, out _);
        var width = widest is > 0 and <= MaxLine ? widest : MaxEncodedLine;
        return [Raw[..from], Wrap(encoded, column, width), Raw[_encodedEnd..]];
    }

    /// <returns>Where the given base64 character stands in the raw bytes, its column, and the longest line of the part.</returns>
    (int At, int Column, int Widest) Position(int character)
    {
        var (at, column, widest, seen, line) = (_encodedEnd, 0, 0, 0, 0);
        var raw = Raw.Span;
        for (var i = 0; i < _encodedEnd; i++)
        {
            if (raw[i] is (byte)'\n' or (byte)'\r')
            {
                line = 0;
                continue;
            }
            if (raw[i] is (byte)' ' or (byte)'\t')
            {
                line++;
                continue;
            }
            if (seen++ == character)
            {
                (at, column) = (i, line);
            }
            widest = Math.Max(widest, ++line);
        }
        return seen <= character ? (_encodedEnd, line, widest) : (at, column, widest);
    }

    byte[] Wrap(byte[] encoded, int column, int width)
    {
        var wrapped = new List<byte>(encoded.Length + (encoded.Length / width * 2) + 2);
        var newline = System.Text.Encoding.ASCII.GetBytes(NewLine);
        var at = 0;
        while (at < encoded.Length)
        {
            if (column >= width)
            {
                wrapped.AddRange(newline);
                column = 0;
            }
            var take = Math.Min(width - column, encoded.Length - at);
            wrapped.AddRange(encoded.AsSpan(at, take));
            (at, column) = (at + take, column + take);
        }
        return [.. wrapped];
    }
}
