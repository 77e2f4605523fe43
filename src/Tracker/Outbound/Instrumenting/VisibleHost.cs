namespace Tracker.Outbound.Instrumenting;

/// <summary>
/// The rule on visible text that names a host: such a link is left alone unless the host named is the tracker's own, because a link that says one
/// host and leads to another is what phishing looks like, to people and to filters.
/// </summary>
static class VisibleHost
{
    // Endings that make a lone word a host although it has no scheme and no "www.". Two letters are a country, but for these file names.
    static readonly HashSet<string> Generic = new(StringComparer.OrdinalIgnoreCase)
    {
        "com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "app", "dev", "shop", "store", "online", "site", "cloud", "tech", "xyz", "agency",
    };

    static readonly HashSet<string> FileEndings = new(StringComparer.OrdinalIgnoreCase) { "js", "cs", "py", "md", "rb", "ts", "db", "gz", "7z" };

    /// <param name="text">Visible text of the link, white space collapsed.</param>
    /// <param name="url">Where the author's link leads: its host counts as a host in the text too, whatever its ending.</param>
    public static bool IsAnotherThan(string publicUrl, string text, string url)
    {
        if (!text.Contains('.', StringComparison.Ordinal))
        {
            return false;
        }
        var ours = HostOf(publicUrl);
        var target = HostOf(url);
        foreach (var word in text.Split(' '))
        {
            if (Named(word, target) is { } host && !host.Equals(ours, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    /// <returns>The host that a word of visible text names; null when it names none.</returns>
    static string? Named(string word, string target)
    {
        word = word.Trim('(', ')', '<', '>', '[', ']', '"', '\'', ',', ';', '!', '.', '…', '“', '”', '»', '«');
        var scheme = word.Contains("://", StringComparison.Ordinal);
        var host = HostOf(word);
        if (host.Length < 3 || !host.Contains('.', StringComparison.Ordinal) || word.Contains('@', StringComparison.Ordinal))
        {
            return null;
        }
        var ending = host[(host.LastIndexOf('.') + 1)..];
        var isHost = scheme || host.StartsWith("www.", StringComparison.OrdinalIgnoreCase)
            || target.Equals(host, StringComparison.OrdinalIgnoreCase) || target.EndsWith("." + host, StringComparison.OrdinalIgnoreCase)
            || Generic.Contains(ending)
            || (ending.Length == 2 && ending.All(char.IsAsciiLetter) && !FileEndings.Contains(ending) && host.All(c => char.IsLetterOrDigit(c) || c is '.' or '-'));
        return isHost ? host : null;
    }

    /// <returns>What stands between scheme, user and port, path or query.</returns>
    static string HostOf(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal);
        var rest = address.AsSpan(start < 0 ? 0 : start + 3);
        var end = rest.IndexOfAny("/?#\\");
        rest = end < 0 ? rest : rest[..end];
        rest = rest[(rest.LastIndexOf('@') + 1)..];
        var port = rest.LastIndexOf(':');
        return (port < 0 ? rest : rest[..port]).ToString();
    }
}
