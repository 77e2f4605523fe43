using System.Collections.Concurrent;

namespace Tracker.Outbound.Smtp;

/// <summary>A mail as it comes in, piece by piece. What is over the limit is counted out and dropped, and what was there of it too.</summary>
/// <param name="announced">As many bytes as the client says will come: when that is right, the mail is never copied. At most the limit; 0 when unknown.</param>
public sealed class MailBuffer(int limit, int announced = 0) : IDisposable
{
    const int ChunkBytes = 256 * 1024;

    /// <summary>Chunks kept for the next mails: 32 MB, and more than that only while it is in use.</summary>
    const int MostSpares = 128;

    static readonly ConcurrentBag<byte[]> Spares = [];

    readonly List<byte[]> _chunks = [];

    /// <summary>Bytes used of the last chunk.</summary>
    int _used;

    public bool IsTooLarge { get; private set; }

    public int Length { get; private set; }

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (IsTooLarge || piece.Length > limit - Length)
        {
            IsTooLarge = true;
            Dispose();
            return;
        }
        while (!piece.IsEmpty)
        {
            if (_chunks.Count == 0 || _used == _chunks[^1].Length)
            {
                _chunks.Add(NewChunk());
                _used = 0;
            }
            var chunk = _chunks[^1];
            var fits = piece[..Math.Min(piece.Length, chunk.Length - _used)];
            fits.CopyTo(chunk.AsSpan(_used));
            (_used, Length) = (_used + fits.Length, Length + fits.Length);
            piece = piece[fits.Length..];
        }
    }

    /// <summary>Whoever announces much and sends little costs nothing: memory that nobody writes to is not there.</summary>
    byte[] NewChunk() => _chunks.Count == 0 && announced > ChunkBytes ? GC.AllocateUninitializedArray<byte>(Math.Min(announced, limit))
        : Spares.TryTake(out var spare) ? spare : new byte[ChunkBytes];

    /// <summary>The mail in one piece, which nobody else writes to. The buffer is empty afterwards.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var mail = _chunks is [{ Length: > ChunkBytes } whole] ? whole.AsMemory(0, Length) : Joined();
        Dispose();
        return mail;
    }

    byte[] Joined()
    {
        var mail = new byte[Length];
        var at = 0;
        foreach (var chunk in _chunks)
        {
            var used = Math.Min(chunk.Length, Length - at);
            chunk.AsSpan(0, used).CopyTo(mail.AsSpan(at));
            at += used;
        }
        return mail;
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks.Where(c => c.Length == ChunkBytes && Spares.Count < MostSpares))
        {
            Spares.Add(chunk);
        }
        _chunks.Clear();
        (_used, Length) = (0, 0);
    }
}
