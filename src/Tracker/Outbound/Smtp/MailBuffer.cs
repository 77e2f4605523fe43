using System.Buffers;

namespace Tracker.Outbound.Smtp;

/// <summary>A mail as it comes in, in rented memory. What is over the limit is counted and dropped.</summary>
public sealed class MailBuffer(int limit, int expected) : IDisposable
{
    byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Clamp(expected, 4096, Math.Max(4096, limit)));
    int _length;

    public bool IsTooLarge { get; private set; }

    /// <summary>Valid until this is disposed.</summary>
    public ReadOnlyMemory<byte> Mail => _bytes.AsMemory(0, _length);

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (IsTooLarge || piece.Length > limit - _length)
        {
            IsTooLarge = true;
            return;
        }
        if (piece.Length > _bytes.Length - _length)
        {
            Grow(_length + piece.Length);
        }
        piece.CopyTo(_bytes.AsSpan(_length));
        _length += piece.Length;
    }

    void Grow(int least)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(least, _bytes.Length * 2L), Math.Max(limit, least)));
        Mail.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }
}
