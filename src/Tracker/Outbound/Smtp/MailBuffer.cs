using System.Collections.Concurrent;

namespace Tracker.Outbound.Smtp;

/// <summary>A mail as it comes in, piece by piece. What is over the limit is counted out and dropped, and what was there of it too.</summary>
public sealed class MailBuffer(int limit) : IDisposable
{
    const int ChunkBytes = 256 * 1024;

    /// <summary>Chunks kept for the next mails: 32 MB, and more than that only while it is in use.</summary>
    const int MostSpares = 128;

    static readonly ConcurrentBag<byte[]> Spares = [];

    readonly List<byte[]> _chunks = [];

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
            var at = Length % ChunkBytes;
            if (at == 0)
            {
                _chunks.Add(Spares.TryTake(out var spare) ? spare : new byte[ChunkBytes]);
            }
            var fits = piece[..Math.Min(piece.Length, ChunkBytes - at)];
            fits.CopyTo(_chunks[^1].AsSpan(at));
            Length += fits.Length;
            piece = piece[fits.Length..];
        }
    }

    /// <summary>The mail in one piece, which nobody else writes to.</summary>
    public byte[] ToArray()
    {
        var mail = new byte[Length];
        for (var i = 0; i < _chunks.Count; i++)
        {
            var at = i * ChunkBytes;
            _chunks[i].AsSpan(0, Math.Min(ChunkBytes, Length - at)).CopyTo(mail.AsSpan(at));
        }
        return mail;
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks.Where(_ => Spares.Count < MostSpares))
        {
            Spares.Add(chunk);
        }
        _chunks.Clear();
        Length = 0;
    }
}
