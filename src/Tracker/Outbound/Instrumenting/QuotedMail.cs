using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>
/// Follows the start and end tags of a document and knows which of them lie inside quoted earlier mail. Depth is counted per tag name, without
/// building a tree; in broken HTML a quotation may seem longer than it is, which only leaves links alone.
/// </summary>
ref struct QuotedMail
{
    byte[]? _container;
    int _depth;
    bool _toTheEnd;

    public readonly bool Inside => _toTheEnd || _container is not null;

    public void See(in HtmlScanner tag)
    {
        if (_toTheEnd)
        {
            return;
        }
        if (_container is not null)
        {
            if (tag.Is(_container))
            {
                _depth += tag.Kind == HtmlTokenKind.StartTag ? 1 : -1;
                _container = _depth == 0 ? null : _container;
            }
            return;
        }
        if (tag.Kind != HtmlTokenKind.StartTag || !(tag.Is("div"u8) || tag.Is("blockquote"u8)))
        {
            return;
        }
        if (IsDivider(tag))
        {
            _toTheEnd = true;
        }
        else if (IsContainer(tag))
        {
            (_container, _depth) = (tag.Name.ToArray(), 1);
        }
    }

    /// <summary>What mail programs wrap the earlier mail in.</summary>
    static bool IsContainer(in HtmlScanner tag) =>
        HasWord(tag, "class"u8, "gmail_quote"u8)                 // Gmail
        || HasWord(tag, "class"u8, "yahoo_quoted"u8)             // Yahoo
        || HasWord(tag, "class"u8, "protonmail_quote"u8)         // Proton
        || HasWord(tag, "class"u8, "zmail_extra"u8)              // Zoho
        || HasWord(tag, "class"u8, "moz-forward-container"u8)    // Thunderbird
        || HasWord(tag, "id"u8, "mail-editor-reference-message-container"u8) // Outlook since 2023
        || (tag.Is("blockquote"u8) && HasWord(tag, "type"u8, "cite"u8));     // Apple Mail, Thunderbird

    /// <summary>What Outlook puts between the new mail and the earlier one, which it does not wrap.</summary>
    static bool IsDivider(in HtmlScanner tag) =>
        HasWord(tag, "id"u8, "divRplyFwdMsg"u8)
        || HasWord(tag, "id"u8, "appendonsend"u8)
        || (tag.Find("style"u8) is { } style && IsDividerStyle(Encoding.Latin1.GetString(tag.Value(style))));

    /// <summary>Outlook for Windows: a line above, 3 points of padding above the text, nothing else.</summary>
    static bool IsDividerStyle(string style)
    {
        var packed = style.Replace(" ", "", StringComparison.Ordinal);
        return packed.Contains("border:none;border-top:solid", StringComparison.OrdinalIgnoreCase)
            && packed.Contains("padding:3.0pt0", StringComparison.OrdinalIgnoreCase);
    }

    static bool HasWord(in HtmlScanner tag, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> word)
    {
        if (tag.Find(attribute) is not { } found)
        {
            return false;
        }
        var value = tag.Value(found);
        foreach (var range in value.SplitAny(" \t\r\n\f"u8))
        {
            if (Ascii.EqualsIgnoreCase(value[range], word))
            {
                return true;
            }
        }
        return false;
    }
}
