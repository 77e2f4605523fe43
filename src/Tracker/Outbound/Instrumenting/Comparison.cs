namespace Tracker.Outbound.Instrumenting;

/// <summary>Takes bytes as they are decoded and says whether they are the expected ones, without holding a second copy of them.</summary>
sealed class Comparison(List<ReadOnlyMemory<byte>> expected)
{
    int _piece;
    int _at;
    bool _differs;

    public bool Equal => !_differs && Remaining().IsEmpty;

    public void Write(ReadOnlySpan<byte> buffer)
    {
        while (!_differs && !buffer.IsEmpty)
        {
            var next = Remaining();
            var length = Math.Min(next.Length, buffer.Length);
            _differs = length == 0 || !buffer[..length].SequenceEqual(next[..length]);
            _at += length;
            buffer = buffer[length..];
        }
    }

    ReadOnlySpan<byte> Remaining()
    {
        while (_piece < expected.Count && _at == expected[_piece].Length)
        {
            (_piece, _at) = (_piece + 1, 0);
        }
        return _piece < expected.Count ? expected[_piece].Span[_at..] : default;
    }
}
