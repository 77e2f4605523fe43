using System.Runtime.InteropServices;

namespace Tracker.Outbound.Instrumenting;

/// <summary>A mail's bytes for MimeKit, without a copy. Stops the reading in a header field that never ends, because its buffer grows in small steps.</summary>
sealed class MailStream(ReadOnlyMemory<byte> mail, CancellationTokenSource limit) : MemoryStream(Bytes(mail).Array!, Bytes(mail).Offset, mail.Length, writable: false)
{
    /// <summary>Longest header field with its folded lines, in bytes: some 5,000 recipients.</summary>
    const int MaxHeader = 256 * 1024;

    /// <summary>How far the stream was read when the current header field began; null outside of headers.</summary>
    public long? HeaderFrom { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        Check();
        return base.Read(buffer, offset, count);
    }

    public override int Read(Span<byte> buffer)
    {
        Check();
        return base.Read(buffer);
    }

    void Check()
    {
        if (Position - HeaderFrom > MaxHeader)
        {
            limit.Cancel();
        }
    }

    static ArraySegment<byte> Bytes(ReadOnlyMemory<byte> mail) => MemoryMarshal.TryGetArray(mail, out var array) ? array : new(mail.ToArray());
}
