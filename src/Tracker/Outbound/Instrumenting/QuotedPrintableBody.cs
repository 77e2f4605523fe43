namespace Tracker.Outbound.Instrumenting;

/// <summary>Quoted-printable (RFC 2045, 6.7). Only the lines that an edit touches change.</summary>
sealed class QuotedPrintableBody : PartBody
{
    readonly byte[] _text;

    public QuotedPrintableBody(ReadOnlyMemory<byte> raw, string newLine) : base(raw, newLine)
    {
        var text = new byte[raw.Length];
        var length = 0;
        var units = new Units(raw.Span);
        while (units.Next(out var value))
        {
            text[length++] = value;
        }
        Array.Resize(ref text, length);
        _text = text;
    }

    public override ReadOnlyMemory<byte> Text => _text;

    public override List<ReadOnlyMemory<byte>> Splice(IReadOnlyList<Edit> edits)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var units = new Units(Raw.Span);
        var (copied, decoded, shift) = (0, 0, 0);
        foreach (var edit in edits)
        {
            var start = units.Skip(edit.Start - decoded);
            var end = edit.End > edit.Start ? units.SkipThrough(edit.End - edit.Start) : start;
            decoded = edit.End;
            pieces.Add(Raw[copied..start]);
            // Columns count from the last line end, or from the end of an edit on the same line.
            var lineStart = Raw.Span[copied..start].LastIndexOf((byte)'\n');
            var column = lineStart < 0 && copied > 0 ? shift + start - copied : start - (copied + lineStart + 1);
            var put = Encode(edit.Text.Span, ref column, Rest(end));
            pieces.Add(put);
            (copied, shift) = (end, column);
        }
        pieces.Add(Raw[copied..]);
        return pieces;
    }

    /// <summary>Bytes from here to the end of the encoded line.</summary>
    int Rest(int at)
    {
        var rest = Raw.Span[at..];
        var newline = rest.IndexOf((byte)'\n');
        return newline < 0 ? rest.Length : newline > 0 && rest[newline - 1] == '\r' ? newline - 1 : newline;
    }

    /// <param name="column">In: where the line stands. Out: where it stands after the text.</param>
    /// <param name="rest">What follows on the same line and has to fit as well.</param>
    byte[] Encode(ReadOnlySpan<byte> text, ref int column, int rest)
    {
        var encoded = new List<byte>(text.Length + (text.Length / 32) + 4);
        foreach (var b in text)
        {
            var literal = b is >= 33 and <= 126 and not (byte)'=' or (byte)' ';
            if (column + (literal ? 1 : 3) > MaxEncodedLine - 1)
            {
                Break(encoded, ref column);
            }
            if (literal)
            {
                encoded.Add(b);
            }
            else
            {
                encoded.AddRange([(byte)'=', Hex(b >> 4), Hex(b & 15)]);
            }
            column += literal ? 1 : 3;
        }
        if (rest > 0 && column > 0 && column + rest > MaxEncodedLine)
        {
            Break(encoded, ref column);
        }
        return [.. encoded];
    }

    void Break(List<byte> encoded, ref int column)
    {
        encoded.AddRange(NewLine == "\n" ? "=\n"u8 : "=\r\n"u8);
        column = 0;
    }

    static byte Hex(int digit) => (byte)"0123456789ABCDEF"[digit];

    /// <summary>Walks the encoded bytes one decoded byte at a time.</summary>
    ref struct Units(ReadOnlySpan<byte> raw)
    {
        readonly ReadOnlySpan<byte> _raw = raw;
        int _at;

        public bool Next(out byte value)
        {
            SkipSoftBreaks();
            value = 0;
            if (_at >= _raw.Length)
            {
                return false;
            }
            value = _raw[_at++];
            if (value == '=' && _at + 1 < _raw.Length && char.IsAsciiHexDigit((char)_raw[_at]) && char.IsAsciiHexDigit((char)_raw[_at + 1]))
            {
                value = (byte)((Digit(_raw[_at]) << 4) | Digit(_raw[_at + 1]));
                _at += 2;
            }
            return true;
        }

        /// <returns>The raw offset at which the next decoded byte begins.</returns>
        public int Skip(int bytes)
        {
            SkipThrough(bytes);
            SkipSoftBreaks();
            return _at;
        }

        /// <returns>The raw offset right behind the last of these decoded bytes.</returns>
        public int SkipThrough(int bytes)
        {
            for (var i = 0; i < bytes; i++)
            {
                Next(out _);
            }
            return _at;
        }

        static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

        void SkipSoftBreaks()
        {
            while (_at < _raw.Length && _raw[_at] == '=' && SoftBreak(_raw[(_at + 1)..]) is > 0 and var length)
            {
                _at += 1 + length;
            }
        }

        static int SoftBreak(ReadOnlySpan<byte> rest)
        {
            var blanks = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
            rest = blanks < 0 ? default : rest[blanks..];
            return rest.StartsWith("\r\n"u8) ? blanks + 2 : rest.StartsWith("\n"u8) ? blanks + 1 : 0;
        }
    }
}
