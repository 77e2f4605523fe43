namespace Tracker.Hits;

/// <summary>
/// The request headers that are kept with a hit, because a rule looks at them or a person judging it may want to. Their order is part of the journal's
/// format: append, never reorder. Cookies, addresses and anything else never leave the request.
/// </summary>
public static class HitHeaders
{
    public static readonly IReadOnlyList<string> Allowed =
    [
        "accept", "accept-encoding", "accept-language", "referer", "sec-purpose", "purpose", "x-moz", "x-purpose", "sec-fetch-site", "sec-fetch-mode",
        "sec-fetch-dest", "sec-fetch-user", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "upgrade-insecure-requests", "range", "via",
        "x-native-host", "x-request-id", "sec-gpc", "from",
    ];

    /// <summary>Longest value kept, in characters; the rest says nothing about who fetched.</summary>
    public const int MaxValue = 150;

    public const int MaxUserAgent = 512;

    const int RefererIndex = 3;

    /// <summary>Of a referring page only scheme and host are kept: its path may name a person.</summary>
    public static ReadOnlySpan<char> Reduce(int index, ReadOnlySpan<char> value)
    {
        if (index == RefererIndex)
        {
            var host = value.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
            var end = value[host..].IndexOfAny('/', '?', '#');
            value = end < 0 ? value : value[..(host + end)];
            // A name and password before the host are nobody's business either; what is left then is the host alone.
            value = value[(value.LastIndexOf('@') + 1)..];
        }
        return value.Length > MaxValue ? value[..MaxValue] : value;
    }
}
