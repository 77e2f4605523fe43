using System.Text;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

/// <summary>Short ways to write a mail and to have a copy made of it.</summary>
static class Post
{
    public const string PublicUrl = "https://t.example.net";

    public static readonly KeyRing Ring = new([new SigningKey(7, [.. Enumerable.Range(1, 32).Select(i => (byte)i)])]);

    public static readonly CopyId Copy = new(new UInt128(0x0102030405060708, 0x090A0B0C0D0E0F10));

    public static readonly InstrumentOptions Options = new() { PublicUrl = PublicUrl };

    /// <summary>A mail from text in which every line ends in LF; bytes are Latin-1, CR LF as in transport.</summary>
    public static byte[] Mail(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));

    /// <summary>A one-part HTML mail to Anna in 7bit.</summary>
    public static byte[] Html(string html, string headers = "") => Mail(
        $"From: Rep <rep@example.org>\nTo: Anna <anna@example.com>\nSubject: Offer\n{headers}MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{html}\n");

    public static OutboundMail Read(byte[] mail)
    {
        var read = OutboundMail.Read(mail, out var refusal);
        Assert.True(read is not null, $"refused: {refusal}");
        return read;
    }

    public static MailCopy Send(byte[] mail, InstrumentOptions? options = null) => Read(mail).CopyFor(Copy, Ring, options ?? Options);

    public static string Text(this MailCopy copy) => Encoding.Latin1.GetString(copy.Bytes.Span);

    /// <summary>Where a tracking address of this copy leads.</summary>
    public static string? Destination(string? trackedUrl)
    {
        Assert.StartsWith(PublicUrl + "/c/", trackedUrl, StringComparison.Ordinal);
        Assert.True(trackedUrl!.Length <= TokenCodec.MaxLinkLength);
        return TokenCodec.TryVerify(Ring, TokenPurpose.Click, trackedUrl.AsSpan(PublicUrl.Length + 3), out var content) ? content.Destination : null;
    }

    public static string MailsFolder => Path.Combine(AppContext.BaseDirectory, "Mails");
}
