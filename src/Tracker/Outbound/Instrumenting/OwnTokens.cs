using System.Buffers.Text;
using Tracker.Domain.Tokens;

namespace Tracker.Outbound.Instrumenting;

/// <summary>
/// Finds our own tokens inside addresses, wherever the tracker was reachable when they were made, and also where a mail program wrapped the address
/// into one of its own.
/// </summary>
static class OwnTokens
{
    /// <summary>Length of "/o/" and the shortest token.</summary>
    public const int ShortestAddress = 3 + 46;

    const int LongestToken = 1400;

    static readonly (string Path, TokenPurpose Purpose)[] Paths = [("/c/", TokenPurpose.Click), ("/o/", TokenPurpose.Open), ("/u/", TokenPurpose.OptOut)];

    /// <returns>Null when no token in it verifies.</returns>
    public static TokenContent? Find(string url, KeyRing ring)
    {
        if (url.Length < ShortestAddress)
        {
            return null;
        }
        return FindIn(url, ring) ?? (url.Contains('%', StringComparison.Ordinal) && url.Contains("%2F", StringComparison.OrdinalIgnoreCase) ? FindIn(Uri.UnescapeDataString(url), ring) : null);
    }

    static TokenContent? FindIn(string url, KeyRing ring)
    {
        foreach (var (path, purpose) in Paths)
        {
            for (var at = url.IndexOf(path, StringComparison.Ordinal); at >= 0; at = url.IndexOf(path, at + 1, StringComparison.Ordinal))
            {
                var token = Token(url.AsSpan(at + path.Length));
                // The codec takes what a client sent as a token; here any path of any address comes by.
                if (Base64Url.IsValid(token) && TokenCodec.TryVerify(ring, purpose, token, out var content))
                {
                    return content;
                }
            }
        }
        return null;
    }

    static ReadOnlySpan<char> Token(ReadOnlySpan<char> rest)
    {
        var length = 0;
        while (length < rest.Length && length <= LongestToken && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '-' or '_'))
        {
            length++;
        }
        return rest[..length];
    }
}
