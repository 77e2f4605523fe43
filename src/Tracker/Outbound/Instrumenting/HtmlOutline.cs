using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>What the instrumenter needs to know of one HTML document. Depends on the mail alone, so all copies share it.</summary>
sealed class HtmlOutline
{
    // In bytes; even written in numeric references the longest address that fits a token is shorter.
    const int LongestValue = 10_000;

    // Destinations never hold it, so a value that was cut is no destination.
    const char Cut = '\ufffd';

    readonly List<HtmlLink> _links = [];
    readonly List<HtmlImage> _images = [];
    readonly List<HtmlLink> _quotedOutlookOnly = [];

    HtmlOutline()
    {
    }

    /// <summary>In document order.</summary>
    public IReadOnlyList<HtmlLink> Links => _links;

    public IReadOnlyList<HtmlImage> Images => _images;

    /// <summary>True when any picture stands in it.</summary>
    public bool HasPicture { get; private set; }

    /// <summary>Links of Outlook-only comments inside quoted earlier mail, long enough to hold an old token of ours.</summary>
    public IReadOnlyList<HtmlLink> QuotedOutlookOnly => _quotedOutlookOnly;

    /// <summary>
    /// Where the pixel goes: before the tags that end the body, else, and also when something follows them, at the end of the document. There it can't
    /// change how a parser repairs what stands around it. Null where no image may stand.
    /// </summary>
    public int? PixelAt { get; private set; }

    /// <summary>Why the document is better left alone; null when it is plain to read.</summary>
    public string? Unreadable { get; private set; }

    public static HtmlOutline Read(ReadOnlySpan<byte> html, Encoding charset)
    {
        var outline = new HtmlOutline();
        new Reader(outline, html, charset).ReadAll();
        return outline;
    }

    ref struct Reader(HtmlOutline outline, ReadOnlySpan<byte> html, Encoding charset)
    {
        readonly ReadOnlySpan<byte> _html = html;
        HtmlScanner _tag = new(html);
        QuotedMail _quote;
        AnchorText _text = new(charset);
        int _drawings;
        int _selects;
        int? _end;

        public void ReadAll()
        {
            while (outline.Unreadable is null && _tag.Read())
            {
                switch (_tag.Kind)
                {
                    case HtmlTokenKind.StartTag:
                        See();
                        StartTag();
                        break;
                    case HtmlTokenKind.EndTag:
                        See();
                        EndTag();
                        break;
                    case HtmlTokenKind.Text:
                        _text.Add(_html[_tag.Start.._tag.End]);
                        _end = _html[_tag.Start.._tag.End].IndexOfAnyExcept(" \t\r\n\f"u8) < 0 ? _end : null;
                        break;
                    case HtmlTokenKind.Comment when _html[(_tag.Start + 4)..].StartsWith("[if"u8):
                        OutlookOnly(_tag.Start, _tag.End);
                        break;
                    case HtmlTokenKind.Other when _drawings > 0 && _html[_tag.Start..].StartsWith("<![CDATA["u8):
                        outline.Unreadable = "its inline drawing can be read in two ways";
                        break;
                }
            }
            _text.Close();
            outline.PixelAt = _end ?? (_tag.EndsInData && MayHoldImage ? _html.Length : null);
        }

        readonly bool MayHoldImage => _drawings == 0 && _selects == 0;

        void See()
        {
            _quote.See(_tag);
            _text.Tag(_tag);
            var step = _tag.Kind == HtmlTokenKind.StartTag ? 1 : -1;
            if (_tag.Is("svg"u8) || _tag.Is("math"u8))
            {
                _drawings = Math.Max(0, _drawings + (_tag.SelfClosing ? 0 : step));
            }
            else if (_tag.Is("select"u8))
            {
                _selects = Math.Max(0, _selects + step);
            }
        }

        void StartTag()
        {
            _end = null;
            // Whether these switch the tokenizer off depends on the tree around them, and parsers differ.
            if (!MayHoldImage && HtmlRawText.Follows(_tag.Name) && !(_drawings == 0 && _tag.Is("script"u8)))
            {
                outline.Unreadable = "its inline drawing or list box can be read in two ways";
            }
            else if (_tag.Is("frameset"u8))
            {
                outline.Unreadable = "it is a frameset";
            }
            else if (_tag.Is("a"u8) || _tag.Is("area"u8))
            {
                var place = _quote.Inside ? LinkPlace.Quoted : _drawings > 0 ? LinkPlace.Drawing : LinkPlace.Body;
                if (AddLink(_tag, place, 0) is { } link && _tag.Is("a"u8))
                {
                    _text.Open(link);
                }
            }
            else if (_tag.Is("img"u8))
            {
                Image();
            }
        }

        readonly void Image()
        {
            outline.HasPicture = true;
            if (_tag.Find("src"u8) is { } source && _tag.Value(source).Length > OwnTokens.ShortestAddress)
            {
                outline._images.Add(new(_tag.Start, _tag.End, Text(_tag.Value(source)), _quote.Inside));
            }
        }

        void EndTag()
        {
            if (!_tag.Is("body"u8) && !_tag.Is("html"u8))
            {
                _end = null;
            }
            else if (MayHoldImage)
            {
                _end ??= _tag.Start;
            }
        }

        /// <summary>Outlook for Windows draws buttons from VML in comments like <c>&lt;!--[if mso]&gt;…&lt;![endif]--&gt;</c>.</summary>
        readonly void OutlookOnly(int start, int end)
        {
            var inner = new HtmlScanner(_html[start..end][4..]);
            while (inner.Read())
            {
                if (inner.Kind == HtmlTokenKind.StartTag && (inner.Is("a"u8) || inner.Is("area"u8) || inner.Name.Contains((byte)':')))
                {
                    OutlookOnly(inner, start + 4);
                }
            }
        }

        readonly void OutlookOnly(in HtmlScanner tag, int offset)
        {
            if (_quote.Inside && tag.Find("href"u8) is { } href && tag.Value(href).Length > OwnTokens.ShortestAddress)
            {
                outline._quotedOutlookOnly.Add(Link(tag, href, LinkPlace.OutlookOnly, offset));
            }
            else if (!_quote.Inside)
            {
                AddLink(tag, LinkPlace.OutlookOnly, offset);
            }
        }

        readonly HtmlLink? AddLink(in HtmlScanner tag, LinkPlace place, int offset)
        {
            if (tag.Find("href"u8) is not { } href)
            {
                return null;
            }
            var link = Link(tag, href, place, offset);
            outline._links.Add(link);
            return link;
        }

        readonly HtmlLink Link(in HtmlScanner tag, HtmlAttribute href, LinkPlace place, int offset) => new(
            offset + href.ValueStart, offset + href.ValueEnd, HtmlLink.Address(Text(tag.Value(href))), place,
            place is LinkPlace.Body or LinkPlace.OutlookOnly ? OptOutAttributes.Of(tag, _html[offset..], offset) : [])
        {
            Honeypot = place == LinkPlace.Body ? OptOutAttributes.HoneypotOf(tag, _html) : [],
        };

        /// <summary>What is longer than any address that can be tracked is cut, and by the mark of the cut never taken for an address.</summary>
        readonly string Text(ReadOnlySpan<byte> value) => value.Length <= LongestValue
            ? CharacterReferences.Decode(value, charset, attribute: true)
            : CharacterReferences.Decode(value[..LongestValue], charset, attribute: true) + Cut;
    }
}
