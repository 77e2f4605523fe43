using System.Buffers;
using System.Globalization;
using System.Text;
using MimeKit.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Decodes and writes character references (HTML Living Standard, 13.2.5.72 and following).</summary>
static class CharacterReferences
{
    const int LongestName = 32;

    // In characters.
    const int OnStack = 512;

    const int Windows1252First = 0x80;

    // What a reference to 0x80..0x9F means, by the standard's table; U+0000 where it means itself.
    const string Windows1252 = "\u20AC\0\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\0\u017D\0"
        + "\0\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\0\u017E\u0178";

    /// <summary>The names that count without their semicolon, for the sake of old pages.</summary>
    static readonly HashSet<string> Legacy = [.. """
        AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml GT Iacute Icirc Igrave Iuml LT Ntilde Oacute
        Ocirc Ograve Oslash Otilde Ouml QUOT REG THORN Uacute Ucirc Ugrave Uuml Yacute aacute acirc acute aelig agrave amp aring atilde auml brvbar
        ccedil cedil cent copy curren deg divide eacute ecirc egrave eth euml frac12 frac14 frac34 gt iacute icirc iexcl igrave iquest iuml laquo lt
        macr micro middot nbsp not ntilde oacute ocirc ograve ordf ordm oslash otilde ouml para plusmn pound quot raquo reg sect shy sup1 sup2 sup3
        szlig thorn times uacute ucirc ugrave uml uuml yacute yen yuml
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    [ThreadStatic] static HtmlEntityDecoder? s_decoder;

    /// <param name="attribute">True inside an attribute's value, where "&amp;copy=1" is left as it is.</param>
    public static string Decode(ReadOnlySpan<char> text, bool attribute)
    {
        if (!text.Contains('&'))
        {
            return text.ToString();
        }
        // A reference is never shorter than what it means.
        var pooled = text.Length > OnStack ? ArrayPool<char>.Shared.Rent(text.Length) : null;
        Span<char> decoded = pooled ?? stackalloc char[OnStack];
        var length = 0;
        while (text.IndexOf('&') is >= 0 and var at)
        {
            text[..at].CopyTo(decoded[length..]);
            length += at;
            text = text[at..];
            if (Reference(text[1..], attribute, out var taken) is { } meaning)
            {
                meaning.CopyTo(decoded[length..]);
                (length, taken) = (length + meaning.Length, taken + 1);
            }
            else
            {
                (decoded[length++], taken) = ('&', 1);
            }
            text = text[taken..];
        }
        text.CopyTo(decoded[length..]);
        var result = decoded[..(length + text.Length)].ToString();
        if (pooled is not null)
        {
            ArrayPool<char>.Shared.Return(pooled);
        }
        return result;
    }

    /// <summary>The same for bytes of a document.</summary>
    public static string Decode(ReadOnlySpan<byte> text, Encoding charset, bool attribute)
    {
        if (text.Length > OnStack)
        {
            return Decode(charset.GetString(text), attribute);
        }
        // No character set in use here makes more characters than bytes.
        Span<char> chars = stackalloc char[OnStack + 1];
        return charset.TryGetChars(text, chars, out var length) ? Decode(chars[..length], attribute) : Decode(charset.GetString(text), attribute);
    }

    /// <summary>Writes text so that it may stand in any attribute value, quoted or not, and between tags; the result is ASCII.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is <= ' ' or >= 0x7F or '&' or '<' or '>' or '"' or '\'' or '`' or '=')
            {
                encoded.Append(rune.Value == '&' ? "&amp;" : string.Create(CultureInfo.InvariantCulture, $"&#{rune.Value};"));
            }
            else
            {
                encoded.Append((char)rune.Value);
            }
        }
        return encoded.ToString();
    }

    static string? Reference(ReadOnlySpan<char> rest, bool attribute, out int length)
    {
        length = 0;
        if (rest.StartsWith("amp;"))
        {
            length = "amp;".Length;
            return "&";
        }
        if (rest.StartsWith("#"))
        {
            return Number(rest, out length);
        }
        var run = 0;
        while (run < rest.Length && run < LongestName && char.IsAsciiLetterOrDigit(rest[run]))
        {
            run++;
        }
        if (run > 0 && run < rest.Length && rest[run] == ';' && Named(rest[..run]) is { } meaning)
        {
            length = run + 1;
            return meaning;
        }
        return LegacyNamed(rest, run, attribute, out length);
    }

    static string? LegacyNamed(ReadOnlySpan<char> rest, int run, bool attribute, out int length)
    {
        for (length = run; length >= 2; length--)
        {
            if (!Legacy.Contains(rest[..length].ToString()))
            {
                continue;
            }
            var next = length < rest.Length ? rest[length] : ' ';
            return attribute && (next == '=' || char.IsAsciiLetterOrDigit(next)) ? null : Named(rest[..length]);
        }
        return null;
    }

    /// <summary>MimeKit knows the 2,231 names; which spelling counts where is decided here.</summary>
    static string? Named(ReadOnlySpan<char> name)
    {
        var decoder = s_decoder ??= new();
        decoder.Reset();
        decoder.Push('&');
        foreach (var c in name)
        {
            if (!decoder.Push(c))
            {
                return null;
            }
        }
        decoder.Push(';');
        var value = decoder.GetValue();
        return value.StartsWith('&') && value.EndsWith(';') ? null : value;
    }

    static string? Number(ReadOnlySpan<char> rest, out int length)
    {
        var hex = rest.Length > 1 && rest[1] is 'x' or 'X';
        var start = length = hex ? 2 : 1;
        var code = 0;
        while (length < rest.Length && (hex ? char.IsAsciiHexDigit(rest[length]) : char.IsAsciiDigit(rest[length])))
        {
            code = Math.Min((code * (hex ? 16 : 10)) + Convert.ToInt32(rest[length].ToString(), 16), 0x110000);
            length++;
        }
        if (length == start)
        {
            return null;
        }
        if (length < rest.Length && rest[length] == ';')
        {
            length++;
        }
        if (code is >= Windows1252First and < Windows1252First + 32 && Windows1252[code - Windows1252First] is not '\0' and var mapped)
        {
            return mapped.ToString();
        }
        return code != 0 && Rune.IsValid(code) ? new Rune(code).ToString() : "\uFFFD";
    }
}
