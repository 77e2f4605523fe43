using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Gathers the visible text between an anchor's start and its end.</summary>
struct AnchorText(Encoding charset)
{
    // An anchor that is never closed must not collect the whole document.
    const int Enough = 1000;

    readonly StringBuilder _text = new();
    HtmlLink? _link;

    public void Open(HtmlLink link) => _link = link;

    public void Close()
    {
        if (_link is not null)
        {
            _link.Text = Collapse(_text.ToString());
            _link = null;
        }
        _text.Clear();
    }

    public readonly void Add(ReadOnlySpan<byte> text)
    {
        if (_link is not null && _text.Length < Enough)
        {
            _text.Append(CharacterReferences.Decode(text[..Math.Min(text.Length, Enough)], charset, attribute: false));
        }
    }

    public void Tag(in HtmlScanner tag)
    {
        if (_link is null)
        {
            return;
        }
        if (tag.Is("a"u8))
        {
            Close();
        }
        else if (tag.Is("img"u8) && _link.ImageText.Length == 0 && tag.Find("alt"u8) is { } alt)
        {
            _link.ImageText = Collapse(CharacterReferences.Decode(tag.Value(alt), charset, attribute: true));
        }
        else if (!HtmlText.IsInline(tag))
        {
            _text.Append(' ');
        }
    }

    static string Collapse(string text) => IsCollapsed(text) ? text : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    static bool IsCollapsed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]) && (text[i] != ' ' || i == 0 || i == text.Length - 1 || text[i + 1] == ' '))
            {
                return false;
            }
        }
        return true;
    }
}
