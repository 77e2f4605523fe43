using System.Text;
using MimeKit;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Which parts can be searched byte by byte, and how their text is read.</summary>
static class Charsets
{
    const byte Escape = 0x1B;

    /// <summary>ASCII bytes mean something else after a shift: UTF-7, HZ, the ISO 2022 family.</summary>
    static readonly HashSet<int> Shifting = [65000, 52936, 50220, 50221, 50222, 50225, 50227, 50229];

    /// <returns>Null, with the reason, when markup can't be found in the bytes for sure.</returns>
    public static Encoding? Of(ContentType type, ReadOnlySpan<byte> text, out string? reason)
    {
        var name = type.Charset?.Trim().Trim('"', '\'');
        var encoding = string.IsNullOrEmpty(name) ? Guess(text) : Known(name);
        reason = encoding is null ? $"its character set '{Shorten(name)}' is unknown"
            : !KeepsAscii(encoding) ? $"its character set '{Shorten(name)}' hides ASCII"
            : text.Contains((byte)0) ? "it contains zero bytes"
            : text.Contains(Escape) ? "it switches its character set"
            : null;
        return reason is null ? encoding : null;
    }

    static Encoding? Known(string name)
    {
        if (name.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return Encoding.UTF8;
        }
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    static Encoding Guess(ReadOnlySpan<byte> text) => System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8 : Encoding.Latin1;

    static bool KeepsAscii(Encoding encoding)
    {
        if (encoding == Encoding.UTF8)
        {
            return true;
        }
        if (Shifting.Contains(encoding.CodePage))
        {
            return false;
        }
        Span<byte> ascii = stackalloc byte[0x80];
        for (var i = 0; i < ascii.Length; i++)
        {
            ascii[i] = (byte)i;
        }
        return encoding.GetString(ascii) == Encoding.ASCII.GetString(ascii);
    }

    static string Shorten(string? name) => name is { Length: > 40 } ? name[..40] : name ?? "";
}
