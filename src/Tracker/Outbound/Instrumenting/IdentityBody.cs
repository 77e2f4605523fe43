namespace Tracker.Outbound.Instrumenting;

/// <summary>7bit, 8bit or binary: the text is what stands there, so every edit lengthens a line of the mail.</summary>
sealed class IdentityBody(ReadOnlyMemory<byte> raw, string newLine) : PartBody(raw, newLine)
{
    public override ReadOnlyMemory<byte> Text => Raw;

    public override bool Decodes(ReadOnlySpan<byte> encoded, List<ReadOnlyMemory<byte>> expected)
    {
        var comparison = new Comparison(expected);
        comparison.Write(encoded);
        return comparison.Equal;
    }

    public override List<ReadOnlyMemory<byte>> Splice(IReadOnlyList<Edit> edits) => Edit.Apply(Raw, edits);

    /// <summary>First come, first served: an edit that would make its line too long is refused, and the ones after it are measured without it.</summary>
    public override bool[] Fit(IReadOnlyList<Edit> edits)
    {
        var fits = new bool[edits.Count];
        // The line being measured: where it begins and ends in the raw bytes, and by how much the edits taken so far lengthen it.
        var (start, end, grown) = (0, -1, 0);
        for (var i = 0; i < edits.Count; i++)
        {
            var edit = edits[i];
            if (edit.Start > end)
            {
                (start, end, grown) = (Raw.Span[..edit.Start].LastIndexOf((byte)'\n') + 1, LineEnd(edit.Start), 0);
            }
            var column = edit.Start - start + grown;
            var editEnd = edit.End > end ? LineEnd(edit.End) : end;
            fits[i] = Fits(edit, column, before: column + end - edit.Start, tail: editEnd - edit.End, out var after);
            if (fits[i])
            {
                (start, end, grown) = (edit.End, editEnd, after);
            }
        }
        return fits;
    }

    /// <param name="after">The column right behind the edit.</param>
    static bool Fits(Edit edit, int column, int before, int tail, out int after)
    {
        var text = edit.Text.Span;
        var newline = text.LastIndexOf((byte)'\n');
        if (newline >= 0)
        {
            after = text.Length - newline - 1;
            return column + text.IndexOf((byte)'\n') <= MaxLine && after + tail <= MaxLine;
        }
        after = column + text.Length;
        // A line that is too long already may not grow: relays cut such lines, and the cut must not move into a link.
        return after + tail <= MaxLine || after + tail <= before;
    }

    int LineEnd(int at)
    {
        var newline = Raw.Span[at..].IndexOf((byte)'\n');
        return newline < 0 ? Raw.Length : newline > 0 && Raw.Span[at + newline - 1] == '\r' ? at + newline - 1 : at + newline;
    }
}
