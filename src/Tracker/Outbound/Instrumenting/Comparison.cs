namespace Tracker.Outbound.Instrumenting;

/// <summary>Takes bytes as they are decoded and says whether they are the expected ones, without holding a second copy of them.</summary>
sealed class Comparison(List<ReadOnlyMemory<byte>> expected) : Stream
{
    int _piece;
    int _at;
    bool _differs;

    public bool Equal => !_differs && Remaining().IsEmpty;

    public override void Write(ReadOnlySpan<byte> buffer)
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

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    ReadOnlySpan<byte> Remaining()
    {
        while (_piece < expected.Count && _at == expected[_piece].Length)
        {
            (_piece, _at) = (_piece + 1, 0);
        }
        return _piece < expected.Count ? expected[_piece].Span[_at..] : default;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
