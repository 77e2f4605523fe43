using MimeKit;
using MimeKit.IO;

namespace Tracker.Outbound.Outbox;

/// <summary>The library wants a parsed message and may write it differently from how it came; this one writes its bytes.</summary>
public static class RawMail
{
    /// <summary>Hides no header and encodes nothing anew.</summary>
    public static readonly FormatOptions Unchanged = UnchangedOptions();

    /// <param name="mail">Lines end in CRLF, the last one too.</param>
    /// <exception cref="InvalidDataException">It would not go out as it is.</exception>
    public static MimeMessage Of(byte[] mail)
    {
        using var stream = new MemoryStream(mail, writable: false);
        var parser = new MimeParser(ParserOptions.Default, stream, MimeFormat.Entity);
        var message = new MimeMessage();
        message.Headers.Clear();
        foreach (var header in parser.ParseHeaders())
        {
            message.Headers.Add(header);
        }
        var body = BodyStart(mail);
        message.Body = new RawPart(new MemoryStream(mail, body, mail.Length - body, writable: false), mail.AsSpan().ContainsAnyInRange((byte)0x80, (byte)0xff));
        return IsSame(message, mail) ? message : throw new InvalidDataException("the mail would not go out byte for byte: its header section cannot be written as it came");
    }

    static int BodyStart(ReadOnlySpan<byte> mail)
    {
        var end = mail.IndexOf("\r\n\r\n"u8);
        return end < 0 ? mail.Length : end + 4;
    }

    static bool IsSame(MimeMessage message, byte[] mail)
    {
        using var written = new MemoryStream(mail.Length);
        var format = Unchanged.Clone();
        format.EnsureNewLine = true;
        message.WriteTo(format, written);
        return written.GetBuffer().AsSpan(0, (int)written.Length).SequenceEqual(mail);
    }

    static FormatOptions UnchangedOptions()
    {
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        options.HiddenHeaders.Clear();
        return options;
    }

    /// <summary>All of the body as one part without header fields of its own.</summary>
    sealed class RawPart : MimePart
    {
        readonly MimePart _as;

        public RawPart(Stream body, bool has8Bit)
        {
            Content = new MimeContent(body);
            Headers.Clear();
            _as = new MimePart { ContentTransferEncoding = has8Bit ? ContentEncoding.EightBit : ContentEncoding.SevenBit };
        }

        // Asked by the client to find out whether to announce 8-bit content.
        public override void Accept(MimeVisitor visitor) => _as.Accept(visitor);
    }
}
