using System.Buffers;
using System.Buffers.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Base64 (RFC 2045, 6.8). Everything before the first edit keeps its encoded bytes.</summary>
sealed class Base64Body : PartBody
{
    const int GroupChars = 4;
    const int GroupBytes = 3;

    // In bytes, a multiple of a group's, encoded and decoded.
    const int Block = 3 * 4 * 1024;

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
        var encodedEnd = raw.Span.LastIndexOfAnyExcept(Base64Reader.WhiteSpace) + 1;
        var encoded = raw.Span[..encodedEnd];
        var chars = encoded.Length - encoded.Count((byte)' ') - encoded.Count((byte)'\t') - encoded.Count((byte)'\r') - encoded.Count((byte)'\n');
        var text = GC.AllocateUninitializedArray<byte>(Math.Max(0, (chars / GroupChars * GroupBytes) - (encoded.EndsWith("=="u8) ? 2 : encoded.EndsWith("="u8) ? 1 : 0)));
        var block = ArrayPool<byte>.Shared.Rent(Block);
        var reader = new Base64Reader(encoded);
        var written = 0;
        while (reader.Read(block.AsSpan(0, Block)) is > 0 and var length && written + length <= text.Length)
        {
            block.AsSpan(0, length).CopyTo(text.AsSpan(written));
            written += length;
        }
        ArrayPool<byte>.Shared.Return(block);
        return chars % GroupChars == 0 && !reader.IsBroken && written == text.Length ? new(raw, newLine, text, encodedEnd) : null;
    }

    public override bool Decodes(ReadOnlySpan<byte> encoded, List<ReadOnlyMemory<byte>> expected)
    {
        var block = ArrayPool<byte>.Shared.Rent(Block);
        var reader = new Base64Reader(encoded);
        var comparison = new Comparison(expected);
        while (reader.Read(block.AsSpan(0, Block)) is > 0 and var length)
        {
            comparison.Write(block.AsSpan(0, length));
        }
        ArrayPool<byte>.Shared.Return(block);
        return !reader.IsBroken && comparison.Equal;
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
        var width = widest is > 0 and <= MaxLine ? widest : MaxEncodedLine;
        var (skipped, shift) = (group * GroupBytes, edits.Sum(e => e.Text.Length - (e.End - e.Start)));
        return [Raw[..from], Encode(Edit.Apply(_text, edits), skipped, _text.Length + shift - skipped, column, width), Raw[_encodedEnd..]];
    }

    /// <returns>Where the given base64 character stands in the raw bytes, its column, and the longest line of the part.</returns>
    (int At, int Column, int Widest) Position(int character)
    {
        var (at, column, widest, seen, last) = (-1, 0, 0, 0, 0);
        for (var start = 0; start < _encodedEnd;)
        {
            var rest = Raw.Span[start.._encodedEnd];
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? rest : rest[..end];
            var characters = line.Length - line.Count((byte)' ') - line.Count((byte)'\t');
            if (at < 0 && seen + characters > character)
            {
                column = ColumnOf(line, character - seen);
                at = start + column;
            }
            widest = Math.Max(widest, line.LastIndexOfAnyExcept((byte)' ', (byte)'\t') + 1);
            (seen, last, start) = (seen + characters, line.Length, start + line.Length + 1);
        }
        return at < 0 ? (_encodedEnd, last, widest) : (at, column, widest);
    }

    static int ColumnOf(ReadOnlySpan<byte> line, int character)
    {
        var column = line[..character].ContainsAny((byte)' ', (byte)'\t') ? 0 : character;
        for (var seen = column; column < line.Length && (seen < character || line[column] is (byte)' ' or (byte)'\t'); column++)
        {
            seen += line[column] is (byte)' ' or (byte)'\t' ? 0 : 1;
        }
        return column;
    }

    /// <summary>Encodes the pieces block by block into lines, so that a large part is never held twice.</summary>
    byte[] Encode(List<ReadOnlyMemory<byte>> pieces, int skip, int length, int column, int width)
    {
        var characters = (length + GroupBytes - 1) / GroupBytes * GroupChars;
        var wrapped = GC.AllocateUninitializedArray<byte>(characters + (((column + Math.Max(0, characters - 1)) / width) * NewLine.Length));
        var (block, encoded, filled, at) = (ArrayPool<byte>.Shared.Rent(Block), ArrayPool<byte>.Shared.Rent(Block / GroupBytes * GroupChars), 0, 0);
        foreach (var piece in pieces)
        {
            var rest = piece[Math.Min(skip, piece.Length)..];
            skip -= piece.Length - rest.Length;
            while (!rest.IsEmpty)
            {
                var take = Math.Min(rest.Length, Block - filled);
                rest[..take].CopyTo(block.AsMemory(filled));
                (rest, filled) = (rest[take..], filled + take);
                if (filled == Block)
                {
                    Flush(final: false);
                }
            }
        }
        Flush(final: true);
        ArrayPool<byte>.Shared.Return(block);
        ArrayPool<byte>.Shared.Return(encoded);
        return at == wrapped.Length ? wrapped : wrapped[..at];

        void Flush(bool final)
        {
            Base64.EncodeToUtf8(block.AsSpan(0, filled), encoded, out _, out var written, final);
            filled = 0;
            Wrap(encoded.AsSpan(0, written), wrapped, ref at, ref column, width);
        }
    }

    void Wrap(ReadOnlySpan<byte> encoded, Span<byte> wrapped, ref int at, ref int column, int width)
    {
        while (!encoded.IsEmpty)
        {
            if (column >= width)
            {
                System.Text.Encoding.ASCII.GetBytes(NewLine, wrapped[at..]);
                (at, column) = (at + NewLine.Length, 0);
            }
            var take = Math.Min(width - column, encoded.Length);
            encoded[..take].CopyTo(wrapped[at..]);
            (at, column) = (at + take, column + take);
            encoded = encoded[take..];
        }
    }
}
