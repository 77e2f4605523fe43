using System.Buffers;

namespace Tracker.Settings;

/// <summary>Addresses under which prospects reach the tracker.</summary>
public static class PublicUrls
{
    /// <summary>In characters. A tracking address has 1,000, and most of them belong to the destination.</summary>
    public const int MaxLength = 200;

    public const string Right = "an absolute http or https address in ASCII, without query, such as https://t.example.com (write an international name as xn--…)";

    // What may stand in an HTML attribute, quoted or not, and in plain text without any encoding.
    static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]%");

    /// <summary>True for what <see cref="Right"/> describes; a trailing slash is allowed here, and has to be taken away before use.</summary>
    public static bool IsUsable(string url) =>
        url.Length <= MaxLength && !url.AsSpan().ContainsAnyExcept(Plain) && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0;
}
