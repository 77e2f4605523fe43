using MimeKit;

namespace Tracker.Outbound.Instrumenting;

/// <summary>
/// The body of one part with its transfer encoding undone, which can take edits of the decoded text and put them back in the same encoding,
/// touching no more of the encoded bytes than it must.
/// </summary>
abstract class PartBody(ReadOnlyMemory<byte> raw, string newLine)
{
    /// <summary>Longest line of a mail in bytes without its line end (RFC 5322, 2.1.1).</summary>
    public const int MaxLine = 998;

    /// <summary>Longest encoded line (RFC 2045, 6.7 and 6.8).</summary>
    protected const int MaxEncodedLine = 76;

    public ReadOnlyMemory<byte> Raw { get; } = raw;

    /// <summary>The decoded bytes.</summary>
    public abstract ReadOnlyMemory<byte> Text { get; }

    /// <summary>True when the encoded bytes follow the rules so closely that there is one way to decode them.</summary>
    public virtual bool IsClean => true;

    /// <summary>The line end of the part, or of the mail where the part has none.</summary>
    public string NewLine { get; } = newLine;

    /// <returns>Null, with the reason, when the part's encoding is unknown or readers would decode it in different ways.</returns>
    public static PartBody? Open(MailPart part, ReadOnlyMemory<byte> mail, out string? reason)
    {
        var raw = mail[part.Body..part.End];
        var newLine = LineEnd(raw.Span) ?? LineEnd(mail.Span) ?? "\r\n";
        PartBody? body = part.Encoding switch
        {
            ContentEncoding.SevenBit or ContentEncoding.EightBit or ContentEncoding.Binary => new IdentityBody(raw, newLine),
            ContentEncoding.QuotedPrintable => new QuotedPrintableBody(raw, newLine),
            ContentEncoding.Base64 => Base64Body.TryRead(raw, newLine),
            _ => null,
        };
        if (body is { IsClean: false } && !Same.Decoded(part.Encoding!.Value, raw.Span, [body.Text]))
        {
            body = null;
        }
        reason = body is null ? "its transfer encoding is unknown or broken" : null;
        return body;
    }

    /// <summary>Says of each edit whether its lines stay within what mail allows.</summary>
    public virtual bool[] Fit(IReadOnlyList<Edit> edits) => [.. Enumerable.Repeat(true, edits.Count)];

    /// <summary>The encoded body with the edits in it, as slices.</summary>
    public abstract List<ReadOnlyMemory<byte>> Splice(IReadOnlyList<Edit> edits);

    /// <summary>True when the encoded bytes decode to these pieces.</summary>
    public abstract bool Decodes(ReadOnlySpan<byte> encoded, List<ReadOnlyMemory<byte>> expected);

    static string? LineEnd(ReadOnlySpan<byte> text)
    {
        var newline = text.IndexOf((byte)'\n');
        return newline < 0 ? null : newline > 0 && text[newline - 1] == '\r' ? "\r\n" : "\n";
    }
}
