using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>The text that a reader of a document sees, roughly: no layout, no style sheets.</summary>
static class HtmlText
{
    /// <summary>Characters after which no one reads on, nor does this.</summary>
    public const int Enough = 100_000;

    public static string Read(ReadOnlySpan<byte> html, Encoding charset)
    {
        var text = new StringBuilder();
        var tag = new HtmlScanner(html);
        while (text.Length < Enough && tag.Read())
        {
            if (tag.Kind == HtmlTokenKind.Text)
            {
                text.Append(CharacterReferences.Decode(html[tag.Start..Math.Min(tag.End, tag.Start + Enough)], charset, attribute: false));
            }
            else if (tag.Kind is HtmlTokenKind.StartTag or HtmlTokenKind.EndTag && !IsInline(tag))
            {
                text.Append(' ');
            }
        }
        return text.ToString();
    }

    /// <summary>True for the tags that don't part words.</summary>
    public static bool IsInline(in HtmlScanner tag) =>
        tag.Is("a"u8) || tag.Is("b"u8) || tag.Is("i"u8) || tag.Is("u"u8) || tag.Is("em"u8) || tag.Is("strong"u8) || tag.Is("span"u8)
        || tag.Is("font"u8) || tag.Is("small"u8) || tag.Is("big"u8) || tag.Is("sub"u8) || tag.Is("sup"u8) || tag.Is("wbr"u8);
}
