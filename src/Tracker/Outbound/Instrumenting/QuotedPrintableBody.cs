using System.Buffers;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Quoted-printable (RFC 2045, 6.7). Only the lines that an edit touches change.</summary>
sealed class QuotedPrintableBody : PartBody
{
    /// <summary>Most bytes that one byte of text becomes: an escape, and a soft break before it.</summary>
    const int Widest = 6;

    // In bytes.
    const int Large = 256 * 1024;

    static readonly SearchValues<byte> Literal = SearchValues.Create([.. Enumerable.Range(33, 94).Select(b => (byte)b).Where(b => b != '='), (byte)' ']);

    readonly byte[] _text;

    public QuotedPrintableBody(ReadOnlyMemory<byte> raw, string newLine) : base(raw, newLine)
    {
        var units = new QuotedPrintable(raw.Span);
        // A large one is measured first: a buffer too long would be felt.
        var scratch = ArrayPool<byte>.Shared.Rent(Math.Min(raw.Length, Large));
        _text = raw.Length <= Large ? scratch[..units.Decode(scratch)] : GC.AllocateUninitializedArray<byte>(units.Measure());
        if (raw.Length > Large)
        {
            units.Decode(_text);
        }
        ArrayPool<byte>.Shared.Return(scratch);
        IsClean = units.IsClean;
    }

    public override ReadOnlyMemory<byte> Text => _text;

    public override bool IsClean { get; }

    public override bool Decodes(ReadOnlySpan<byte> encoded, List<ReadOnlyMemory<byte>> expected)
    {
        var comparison = new Comparison(expected);
        new QuotedPrintable(encoded).CompareTo(comparison);
        return comparison.Equal;
    }

    public override List<ReadOnlyMemory<byte>> Splice(IReadOnlyList<Edit> edits)
    {
        var pieces = new List<ReadOnlyMemory<byte>>((edits.Count * 2) + 1);
        var units = new QuotedPrintable(Raw.Span);
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
        var newLine = NewLine == "\n" ? "=\n"u8 : "=\r\n"u8;
        var scratch = ArrayPool<byte>.Shared.Rent((text.Length * Widest) + Widest);
        var length = 0;
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAnyExcept(Literal) is >= 0 and var next ? next : text.Length;
            // An escape is never parted; literals fill the line, one character of which belongs to the soft break.
            var (take, width) = run > 0 ? (Math.Min(run, MaxEncodedLine - 1 - column), 1) : (1, 3);
            if (take <= 0 || column + width > MaxEncodedLine - 1)
            {
                Break(scratch, ref length, ref column, newLine);
                continue;
            }
            if (width == 1)
            {
                text[..take].CopyTo(scratch.AsSpan(length));
            }
            else
            {
                (scratch[length], scratch[length + 1], scratch[length + 2]) = ((byte)'=', Hex(text[0] >> 4), Hex(text[0] & 15));
            }
            (length, column) = (length + (take * width), column + (take * width));
            text = text[take..];
        }
        if (rest > 0 && column > 0 && column + rest > MaxEncodedLine)
        {
            Break(scratch, ref length, ref column, newLine);
        }
        var encoded = scratch.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(scratch);
        return encoded;
    }

    static void Break(Span<byte> scratch, ref int length, ref int column, ReadOnlySpan<byte> newLine)
    {
        newLine.CopyTo(scratch[length..]);
        (length, column) = (length + newLine.Length, 0);
    }

    static byte Hex(int digit) => "0123456789ABCDEF"u8[digit];
}
