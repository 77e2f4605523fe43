namespace Tracker.Outbound.Instrumenting;

/// <summary>Replaces <c>Start..End</c> by <paramref name="Text"/>, which is always ASCII. Lists of edits are in order and don't overlap.</summary>
/// <param name="Link">Index of the link it belongs to; -1 for none.</param>
readonly record struct Edit(int Start, int End, ReadOnlyMemory<byte> Text, int Link = -1)
{
    public static Edit Cut(int start, int end) => new(start, end, default);

    public static Edit Put(int start, int end, string ascii, int link = -1) => new(start, end, System.Text.Encoding.ASCII.GetBytes(ascii), link);

    /// <summary>The text after the edits, as slices of it and of the edits, so that nothing is copied yet.</summary>
    public static List<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> text, IReadOnlyList<Edit> edits)
    {
        var pieces = new List<ReadOnlyMemory<byte>>((edits.Count * 2) + 1);
        var at = 0;
        foreach (var edit in edits)
        {
            pieces.Add(text[at..edit.Start]);
            pieces.Add(edit.Text);
            at = edit.End;
        }
        pieces.Add(text[at..]);
        return pieces;
    }

    public static byte[] Join(List<ReadOnlyMemory<byte>> pieces)
    {
        var joined = GC.AllocateUninitializedArray<byte>(pieces.Sum(p => p.Length));
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.CopyTo(joined.AsMemory(at));
            at += piece.Length;
        }
        return joined;
    }
}
