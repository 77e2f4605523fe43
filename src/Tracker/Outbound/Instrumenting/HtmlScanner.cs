using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>
/// Finds tags in the bytes of an HTML document by the states of the WHATWG tokenizer (HTML Living Standard, 13.2.5), without changing or copying
/// any. For every encoding in which the bytes of ASCII mean ASCII, at least where markup stands. Linear in time, constant in depth.
/// </summary>
ref struct HtmlScanner(ReadOnlySpan<byte> html)
{
    readonly ReadOnlySpan<byte> _html = html;
    // A tag with more is no tag of a letter; the rest are read, but not kept.
    const int MaxAttributes = 1000;

    readonly List<HtmlAttribute> _attributes = [];
    int _nameStart;
    int _nameEnd;
    bool _rawText;

    public HtmlTokenKind Kind { get; private set; }

    public int Start { get; private set; }

    public int End { get; private set; }

    public bool SelfClosing { get; private set; }

    /// <summary>False when the document stops inside a tag, a comment or raw text, where nothing can be appended.</summary>
    public bool EndsInData { get; private set; } = true;

    public readonly ReadOnlySpan<byte> Name => _html[_nameStart.._nameEnd];

    /// <summary>All as written, doubled ones too. Valid until the next token.</summary>
    public readonly IReadOnlyList<HtmlAttribute> Attributes => _attributes;

    public readonly bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    /// <returns>The first attribute of this name, which is the one that counts; null when the tag has none.</returns>
    public readonly HtmlAttribute? Find(ReadOnlySpan<byte> name)
    {
        foreach (var attribute in _attributes)
        {
            if (Ascii.EqualsIgnoreCase(_html[attribute.NameStart..attribute.NameEnd], name))
            {
                return attribute;
            }
        }
        return null;
    }

    public readonly ReadOnlySpan<byte> Value(HtmlAttribute attribute) => _html[attribute.ValueStart..attribute.ValueEnd];

    public bool Read()
    {
        Start = End;
        if (Start >= _html.Length)
        {
            Kind = HtmlTokenKind.None;
            return false;
        }
        if (_rawText)
        {
            _rawText = false;
            var length = HtmlRawText.Length(_html[Start..], Name, out var ended);
            EndsInData = ended;
            if (length > 0)
            {
                return Emit(HtmlTokenKind.RawText, Start + length);
            }
        }
        return ReadData();
    }

    bool ReadData()
    {
        var rest = _html[Start..];
        if (rest[0] != '<')
        {
            return EmitText(0);
        }
        if (rest.Length > 1 && char.IsAsciiLetter((char)rest[1]))
        {
            return ReadTag(Start + 1, HtmlTokenKind.StartTag);
        }
        if (rest.Length > 2 && rest[1] == '/' && char.IsAsciiLetter((char)rest[2]))
        {
            return ReadTag(Start + 2, HtmlTokenKind.EndTag);
        }
        if (rest.StartsWith("<!--"u8))
        {
            return ReadComment();
        }
        // Doctype, CDATA, "<!", "<?" and "</" before anything but a letter all run to the next ">".
        return rest.Length > 2 && rest[1] is (byte)'!' or (byte)'?' or (byte)'/' ? EmitUntil(rest.IndexOf((byte)'>'), 1, HtmlTokenKind.Other) : EmitText(1);
    }

    bool EmitText(int from)
    {
        var next = _html[(Start + from)..].IndexOf((byte)'<');
        return Emit(HtmlTokenKind.Text, next < 0 ? _html.Length : Start + from + next);
    }

    bool ReadComment()
    {
        var body = _html[(Start + 4)..];
        if (body.StartsWith(">"u8) || body.StartsWith("->"u8))
        {
            return Emit(HtmlTokenKind.Comment, Start + 4 + body.IndexOf((byte)'>') + 1);
        }
        var end = body.IndexOf("-->"u8);
        var bang = (end < 0 ? body : body[..end]).IndexOf("--!>"u8);
        return bang >= 0 ? EmitUntil(bang + 4, 4, HtmlTokenKind.Comment) : EmitUntil(end < 0 ? -1 : end + 4, 3, HtmlTokenKind.Comment);
    }

    bool EmitUntil(int found, int length, HtmlTokenKind kind)
    {
        EndsInData = found >= 0;
        return Emit(kind, found < 0 ? _html.Length : Start + found + length);
    }

    bool Emit(HtmlTokenKind kind, int end)
    {
        (Kind, End) = (kind, end);
        return true;
    }

    bool ReadTag(int nameStart, HtmlTokenKind kind)
    {
        _attributes.Clear();
        var at = nameStart;
        while (at < _html.Length && !IsSpace(_html[at]) && _html[at] is not ((byte)'/' or (byte)'>'))
        {
            at++;
        }
        (_nameStart, _nameEnd) = (nameStart, at);
        while (true)
        {
            SelfClosing = false;
            while (at < _html.Length && (IsSpace(_html[at]) || _html[at] == '/'))
            {
                SelfClosing = _html[at++] == '/';
            }
            if (at < _html.Length && _html[at] == '>')
            {
                _rawText = kind == HtmlTokenKind.StartTag && HtmlRawText.Follows(Name);
                EndsInData = !_rawText;
                return Emit(kind, at + 1);
            }
            if (at >= _html.Length || !ReadAttribute(ref at))
            {
                // The standard drops a tag that the document ends in.
                EndsInData = false;
                return Emit(HtmlTokenKind.Other, _html.Length);
            }
        }
    }

    readonly bool ReadAttribute(ref int at)
    {
        var nameStart = at++;
        while (at < _html.Length && !IsSpace(_html[at]) && _html[at] is not ((byte)'/' or (byte)'>' or (byte)'='))
        {
            at++;
        }
        var nameEnd = at;
        var next = SkipSpace(at);
        if (next >= _html.Length || _html[next] != '=')
        {
            Keep(new(nameStart, nameEnd, nameEnd, nameEnd, 0, nameEnd));
            return true;
        }
        at = SkipSpace(next + 1);
        var quote = at < _html.Length && _html[at] is (byte)'"' or (byte)'\'' ? _html[at] : (byte)0;
        var start = quote == 0 ? at : at + 1;
        var length = quote == 0 ? UnquotedLength(start) : _html[start..].IndexOf(quote);
        if (length < 0)
        {
            return false;
        }
        at = start + length + (quote == 0 ? 0 : 1);
        Keep(new(nameStart, nameEnd, start, start + length, quote, at));
        return true;
    }

    readonly void Keep(HtmlAttribute attribute)
    {
        if (_attributes.Count < MaxAttributes)
        {
            _attributes.Add(attribute);
        }
    }

    readonly int UnquotedLength(int start)
    {
        var at = start;
        while (at < _html.Length && !IsSpace(_html[at]) && _html[at] != '>')
        {
            at++;
        }
        return at - start;
    }

    readonly int SkipSpace(int at)
    {
        while (at < _html.Length && IsSpace(_html[at]))
        {
            at++;
        }
        return at;
    }

    static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'\f';
}
