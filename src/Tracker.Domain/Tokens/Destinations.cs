using System.Buffers;

namespace Tracker.Domain.Tokens;

/// <summary>Which destinations a link may have; asked when signing and again when redirecting.</summary>
public static class Destinations
{
    // Controls and space would end or split a header line. Browsers read a backslash as a slash, so a host could hide behind it.
    static readonly SearchValues<char> Unsafe = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0x21).Select(i => (char)i)) + "\u007f\\\ufffd");

    /// <summary>True for an absolute http or https URL with a host that can go byte for byte into a <c>Location</c> header.</summary>
    public static bool IsAllowed(ReadOnlySpan<char> url)
    {
        var rest = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? url["https://".Length..]
            : url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? url["http://".Length..]
            : default;
        return !rest.IsEmpty && rest[0] is not ('/' or '?' or '#' or ':' or '@') && !url.ContainsAny(Unsafe) && IsWhole(rest);
    }

    // Half a surrogate pair has no UTF-8: it would come back as another character than it went.
    static bool IsWhole(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }
        return true;
    }
}
