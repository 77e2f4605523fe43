namespace Tracker.Outbound.Instrumenting;

/// <summary>Reads a finished copy back and compares it with what it has to be, so that a mistake here or a doubtful mail costs tracking and never the mail.</summary>
static class Recheck
{
    /// <param name="cuts">The header lines removed.</param>
    /// <param name="changed">The edited parts, in order.</param>
    /// <returns>True when the copy has the same parts at the shifted places, decodes to the edited text, and equals the original everywhere else.</returns>
    public static bool Passes(
        ReadOnlyMemory<byte> original, MailStructure structure, ReadOnlyMemory<byte> copy, IReadOnlyList<Edit> cuts, IReadOnlyList<EditedPart> changed)
    {
        var shifts = Shifts(cuts, changed);
        if (!SameAround(original.Span, copy.Span, shifts))
        {
            return false;
        }
        var mayMove = cuts.Count > 0;
        foreach (var edited in changed)
        {
            var (start, end) = (Shifted(edited.Part.Part.Body, shifts), Shifted(edited.Part.Part.End, shifts));
            var encoded = copy.Span[start..end];
            if (!edited.Part.Body!.Decodes(encoded, Edit.Apply(edited.Part.Body.Text, edited.Edits)))
            {
                return false;
            }
            mayMove |= MayHoldBoundary(encoded);
        }
        return !mayMove || SameStructure(structure, copy, shifts);
    }

    /// <summary>A part ends at a line that begins with two hyphens and nowhere else, so without such a line no part has moved.</summary>
    static bool MayHoldBoundary(ReadOnlySpan<byte> encoded) => encoded.StartsWith("--"u8) || encoded.IndexOf("\n--"u8) >= 0;

    static bool SameStructure(MailStructure structure, ReadOnlyMemory<byte> copy, List<(int Start, int End, int Length)> shifts) =>
        MailStructure.Read(copy) is { } after && after.Parts.Count == structure.Parts.Count && structure.Parts.Zip(after.Parts).All(p =>
            p.Second.MediaType == p.First.MediaType && p.Second.Body == Shifted(p.First.Body, shifts) && p.Second.End == Shifted(p.First.End, shifts));

    /// <summary>Original ranges that were replaced, and how long their replacements are.</summary>
    static List<(int Start, int End, int Length)> Shifts(IReadOnlyList<Edit> cuts, IReadOnlyList<EditedPart> changed) =>
        [.. cuts.Select(c => (c.Start, c.End, 0)), .. changed.Select(c => (c.Part.Part.Body, c.Part.Part.End, c.Encoded.Sum(p => p.Length)))];

    static int Shifted(int offset, List<(int Start, int End, int Length)> shifts)
    {
        var shifted = offset;
        foreach (var (start, end, length) in shifts)
        {
            shifted += end <= offset && start < offset ? length - (end - start) : 0;
        }
        return shifted;
    }

    static bool SameAround(ReadOnlySpan<byte> original, ReadOnlySpan<byte> copy, List<(int Start, int End, int Length)> shifts)
    {
        var (was, now) = (0, 0);
        foreach (var (start, end, length) in shifts)
        {
            var same = start - was;
            if (same < 0 || now + same + length > copy.Length || !original.Slice(was, same).SequenceEqual(copy.Slice(now, same)))
            {
                return false;
            }
            (was, now) = (end, now + same + length);
        }
        return original[was..].SequenceEqual(copy[now..]);
    }
}
