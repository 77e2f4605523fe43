using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>A part that readers see, opened: decoded, searched, and ready to take edits. Null members mean that it stays as it is.</summary>
/// <param name="Reason">Why it can't be edited; null when it can.</param>
sealed record BodyPart(MailPart Part, PartBody? Body, Encoding? Charset, HtmlOutline? Html, string? Reason)
{
    public bool IsHtml { get; } = Part.MediaType == "text/html";

    public static BodyPart Open(MailPart part, ReadOnlyMemory<byte> mail)
    {
        if (part.IsBound)
        {
            return new(part, null, null, null, "its headers contradict each other or vouch for its bytes");
        }
        var body = PartBody.Open(part, mail, out var reason);
        if (body is null)
        {
            return new(part, null, null, null, reason);
        }
        var charset = Charsets.Of(part.Type, body.Text.Span, out reason);
        if (charset is null || part.MediaType != "text/html")
        {
            return new(part, body, charset, null, reason);
        }
        if (part.Body == part.End)
        {
            // Without a body there may be no line that parts it from the headers, either.
            return new(part, body, charset, null, "it is empty");
        }
        var outline = HtmlOutline.Read(body.Text.Span, charset);
        return new(part, body, charset, outline, outline.Unreadable);
    }

    /// <summary>The addresses in a plain-text part; none in HTML.</summary>
    public IReadOnlyList<PlainTextLink> TextLinks { get; } = Part.MediaType == "text/plain" && Reason is null ? PlainTextScanner.Read(Body!.Text.Span) : [];

    /// <summary>True when it asks for the address of the recipient's opt-out page.</summary>
    public bool HasPlaceholder => Html?.Links.Any(l => HtmlEdits.IsPlaceholder(l.Url)) == true || TextLinks.Any(l => Body!.Text.Span[l.Start..l.End].SequenceEqual(PlainTextScanner.Placeholder));

    public bool HasPgp => Body?.Text.Span.IndexOf("-----BEGIN PGP"u8) >= 0;

    /// <summary>The text as readers see it; empty when it can't be read.</summary>
    public string VisibleText => Body is null || Charset is null ? ""
        : IsHtml ? HtmlText.Read(Body.Text.Span, Charset)
        : Charset.GetString(Body.Text.Span[..Math.Min(Body.Text.Length, HtmlText.Enough)]);
}
