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
        return !rest.IsEmpty && rest[0] is not ('/' or '?' or '#' or ':' or '@') && !url.ContainsAny(Unsafe);
    }
}
