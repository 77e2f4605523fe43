using System.Collections.Concurrent;

namespace Tracker.Domain.Signals;

/// <summary>What kind of program made a request, by its own words.</summary>
public enum ClientKind
{
    /// <summary>No user agent at all.</summary>
    Nameless,

    /// <summary>Exactly <c>Mozilla/5.0</c>: how Apple Mail Privacy Protection fetches.</summary>
    Bare,

    /// <summary>Gmail's prefetch for an open session, which no reader triggered.</summary>
    GmailPrefetch,
    MailProxy,
    Bot,
    MailProgram,

    /// <summary>Apple's web view without a browser's name: Apple Mail for a picture, an app's built-in browser for a link.</summary>
    WebView,
    Browser,
    Unrecognised,
}

public enum Platform
{
    Unknown,
    Windows,
    Mac,
    Ios,
    Android,
    Linux,
}

/// <summary>How old a browser is; people's browsers update themselves, scanners' stay as they were built.</summary>
public enum BrowserAge
{
    Current,

    /// <summary>Years behind: an abandoned computer or a scanner.</summary>
    Outdated,

    /// <summary>So old that hardly a person is left who uses it.</summary>
    Ancient,
}

/// <summary>What a user agent says of its program; <see cref="Flaw"/> names a contradiction in it.</summary>
public readonly record struct Client(ClientKind Kind, string Name, Platform Platform, BrowserAge Age = BrowserAge.Current, string? Flaw = null)
{
    /// <summary>Gmail's prefetch, verbatim. Bird/SparkPost measured 9.8 billion opens (2022), GMass names it too.</summary>
    const string GmailPrefetch = "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0";

    /// <summary>Agents come again and again, and reading one means looking for a hundred names in it. A flood of made-up ones must not grow without bound.</summary>
    const int MostKnown = 10_000;

    static readonly ConcurrentDictionary<string, Client> Known = new(StringComparer.Ordinal);

    public static Client Of(string userAgent)
    {
        ArgumentNullException.ThrowIfNull(userAgent);
        if (Known.TryGetValue(userAgent, out var known))
        {
            return known;
        }
        if (Known.Count >= MostKnown)
        {
            Known.Clear();
        }
        return Known[userAgent] = Read(userAgent);
    }

    static Client Read(string userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent))
        {
            return new(ClientKind.Nameless, "no user agent", Platform.Unknown);
        }
        if (userAgent is "Mozilla/5.0")
        {
            return new(ClientKind.Bare, "bare Mozilla/5.0", Platform.Unknown);
        }
        if (userAgent.EndsWith(GmailPrefetch, StringComparison.Ordinal))
        {
            return new(ClientKind.GmailPrefetch, "Gmail's prefetch", Platform.Unknown);
        }
        return Named(userAgent) ?? BrowserOf(userAgent);
    }

    static Client? Named(string userAgent) =>
        KnownClients.MailProxies.NameIn(userAgent) is { } proxy ? new(ClientKind.MailProxy, proxy, Platform.Unknown)
        : KnownClients.Bots.NameIn(userAgent) is { } bot ? new(ClientKind.Bot, bot, Platform.Unknown)
        : KnownClients.MailPrograms.NameIn(userAgent) is { } program ? new(ClientKind.MailProgram, program, PlatformOf(userAgent))
        : null;

    static Client BrowserOf(string userAgent)
    {
        var platform = PlatformOf(userAgent);
        var explorer = Has(userAgent, "Trident/") || Has(userAgent, "MSIE ");
        var (name, age) = explorer ? ("Internet Explorer", Has(userAgent, "rv:11") ? BrowserAge.Outdated : BrowserAge.Ancient) : NameAndAge(userAgent);
        if (name.Length == 0)
        {
            // Without a browser's name but with Apple's engine: Mail on a Mac, any app on an iPhone.
            var apple = platform is Platform.Mac or Platform.Ios && Has(userAgent, "AppleWebKit/");
            return apple ? new(ClientKind.WebView, "Apple Mail", platform) : new(ClientKind.Unrecognised, "an unrecognised program", platform);
        }
        if (Has(userAgent, "Windows NT 5.") || Has(userAgent, "Windows NT 6.0"))
        {
            age = BrowserAge.Ancient;   // Windows XP and Vista: Trend Micro's Phish Insight counts these systems as a scanner's sign.
        }
        // Groundhogg blocks this one by name; Trend Micro generalises it to any system the browser never ran on.
        var flaw = !explorer ? null : platform switch
        {
            Platform.Windows or Platform.Unknown => null,
            Platform.Mac => "Internet Explorer on a current Mac",
            Platform.Ios => "Internet Explorer on an iPhone",
            _ => $"Internet Explorer on {platform}",
        };
        return new(ClientKind.Browser, name, platform, age, flaw);
    }

    // Edge, Opera, Samsung and the rest carry Chrome's version too, so Chrome's decides their age.
    static (string Name, BrowserAge Age) NameAndAge(string userAgent)
    {
        if (VersionAfter(userAgent, "Chrome/") is { } chrome)
        {
            var name = Has(userAgent, "Edg") ? "Edge" : Has(userAgent, "SamsungBrowser/") ? "Samsung Internet" : Has(userAgent, "OPR/") ? "Opera" : "Chrome";
            return (name, AgeOf(chrome, BrowserAges.OldestLivingChrome, BrowserAges.AncientChrome));
        }
        if (VersionAfter(userAgent, "Firefox/") is { } firefox)
        {
            return ("Firefox", AgeOf(firefox, BrowserAges.OldestLivingFirefox, BrowserAges.AncientFirefox));
        }
        if (Has(userAgent, "CriOS/") || Has(userAgent, "FxiOS/") || Has(userAgent, "EdgiOS/"))
        {
            return ("a browser on iOS", BrowserAge.Current);
        }
        return Has(userAgent, "Safari/")
            ? ("Safari", AgeOf(VersionAfter(userAgent, "Version/") ?? int.MaxValue, BrowserAges.OldestLivingSafari, BrowserAges.AncientSafari))
            : ("", BrowserAge.Current);
    }

    static BrowserAge AgeOf(int version, int oldestLiving, int ancient) =>
        version >= oldestLiving ? BrowserAge.Current : version > ancient ? BrowserAge.Outdated : BrowserAge.Ancient;

    static Platform PlatformOf(string userAgent) =>
        Has(userAgent, "Windows") ? Platform.Windows
        : Has(userAgent, "iPhone") || Has(userAgent, "iPad") ? Platform.Ios
        : Has(userAgent, "Mac OS X") || Has(userAgent, "Macintosh") ? Platform.Mac
        : Has(userAgent, "Android") ? Platform.Android
        : Has(userAgent, "Linux") || Has(userAgent, "X11") ? Platform.Linux
        : Platform.Unknown;

    static int? VersionAfter(string userAgent, string token)
    {
        var start = userAgent.IndexOf(token, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }
        var version = 0;
        for (var i = start + token.Length; i < userAgent.Length && char.IsAsciiDigit(userAgent[i]) && version < 100_000; i++)
        {
            version = (version * 10) + (userAgent[i] - '0');
        }
        return version;
    }

    static bool Has(string userAgent, string token) => userAgent.Contains(token, StringComparison.Ordinal);
}

/// <summary>Major versions that split browsers by age. Fixed, not computed from the date: an answer must not change because a year has passed.</summary>
static class BrowserAges
{
    /// <summary>
    /// 109, January 2023: the last Chrome for Windows 7. Captured scanners sit below it: 57, 79, 80, 96, 97, 103, 104 (gophish#973, #2446,
    /// laravel-passwordless#79).
    /// </summary>
    public const int OldestLivingChrome = 109;

    /// <summary>49, March 2016: the last Chrome for Windows XP.</summary>
    public const int AncientChrome = 49;

    /// <summary>102, May 2022: the extended-support line before the last one for Windows 7 (115).</summary>
    public const int OldestLivingFirefox = 102;

    /// <summary>52, March 2017: the last Firefox for Windows XP. Groundhogg's captured scanner says 2.</summary>
    public const int AncientFirefox = 52;

    /// <summary>13, September 2019: iOS 13, the first whose Mail loads pictures like today's.</summary>
    public const int OldestLivingSafari = 13;

    /// <summary>5, the last Safari for Windows (2012).</summary>
    public const int AncientSafari = 5;
}
