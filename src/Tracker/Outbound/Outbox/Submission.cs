using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Outbound.Outbox;

/// <summary>
/// Makes a mail fit to be sent, before it is instrumented: lines end in CRLF (so that no bare CR or LF ever leaves, which later servers may take for the end of
/// the mail), and a missing Message-ID or Date is added, as a submission server may (RFC 6409, 8.1 and 8.2; a mail that is sent twice is known by its Message-ID).
/// </summary>
public static class Submission
{
    public static ReadOnlyMemory<byte> Prepare(ReadOnlyMemory<byte> mail, string senderDomain, MailOrigin origin)
    {
        if (HeaderBlock.Read(mail) is not { } headers)
        {
            return mail;
        }
        var output = new ArrayBufferWriter<byte>(mail.Length + 256);
        if (!headers.Has("Message-ID"))
        {
            Line(output, $"Message-ID: <{origin.MessageId?.Trim('<', '>') ?? $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}@{senderDomain}"}>");
        }
        if (!headers.Has("Date"))
        {
            Line(output, $"Date: {origin.Date.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000");
        }
        Lines(output, WithoutPreamble(mail.Span));
        return output.WrittenMemory;
    }

    /// <summary>What went in last may stand behind the last line end, in SMTP data every line has one; and a mail without any text gets an empty line of it.</summary>
    public static ReadOnlyMemory<byte> EndLine(ReadOnlyMemory<byte> mail)
    {
        ReadOnlySpan<byte> crlf = "\r\n"u8;
        byte[] ended = mail.Span.EndsWith(crlf) ? [.. mail.Span] : [.. mail.Span, .. crlf];
        var header = ended.AsSpan().IndexOf("\r\n\r\n"u8);
        return header < 0 ? (byte[])[.. ended, .. crlf, .. crlf] : header + 4 == ended.Length ? (byte[])[.. ended, .. crlf] : ended;
    }

    static void Line(ArrayBufferWriter<byte> output, string line) => output.Write(Encoding.ASCII.GetBytes(line + "\r\n"));

    // A byte order mark and a mailbox file's "From " line belong to files, not to mail.
    static ReadOnlySpan<byte> WithoutPreamble(ReadOnlySpan<byte> mail)
    {
        var rest = mail.StartsWith(Encoding.UTF8.Preamble) ? mail[Encoding.UTF8.Preamble.Length..] : mail;
        if (!rest.StartsWith("From "u8) && !rest.StartsWith(">From "u8))
        {
            return rest;
        }
        return rest[(rest.IndexOf((byte)'\n') + 1)..];
    }

    static void Lines(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
            output.Write(end < 0 ? rest : rest[..end]);
            output.Write("\r\n"u8);
            rest = end < 0 ? [] : rest[(end + (rest[end] == '\r' && end + 1 < rest.Length && rest[end + 1] == '\n' ? 2 : 1))..];
        }
    }
}
