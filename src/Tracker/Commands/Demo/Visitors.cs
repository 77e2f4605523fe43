namespace Tracker.Commands.Demo;

/// <summary>A program that fetches, as the server sees it.</summary>
/// <param name="Address">Told by X-Forwarded-For. People's are from the ranges for documentation (RFC 5737, RFC 3849), machines' from networks that are really theirs.</param>
/// <param name="UserAgent">Empty: none.</param>
sealed record Client(string Address, string UserAgent, params (string Name, string Value)[] Headers)
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;
}

/// <summary>Somebody or something with a program for pictures and a program for links.</summary>
sealed record Visitor(Client Picture, Client Page)
{
    public Visitor(Client both) : this(both, both)
    {
    }
}

/// <summary>The day's visitors. User agents as captured in the wild; where from stands with the rules that know them.</summary>
static class Visitors
{
    const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const string Safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15";
    const string AppleMail = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";

    static readonly (string, string)[] AsPage =
    [
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"), ("Accept-Language", "en-GB,en;q=0.9"),
        ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Upgrade-Insecure-Requests", "1"),
    ];

    static readonly (string, string)[] AsPicture = [("Accept", "image/avif,image/webp,*/*;q=0.8"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")];

    static Client Browser(string address, string userAgent) => new(address, userAgent, AsPage);

    /// <summary>Outlook on Windows; links open in Chrome.</summary>
    public static Visitor Outlook(string address) => new(new(address, "Mozilla/4.0 (compatible; ms-office; MSOffice 16)", ("Accept", "*/*")), Browser(address, Chrome));

    /// <summary>Apple Mail without privacy protection; links open in Safari.</summary>
    public static Visitor Mac(string address) => new(new(address, AppleMail, ("Accept", "image/webp,image/png,*/*;q=0.8")), Browser(address, Safari));

    /// <summary>Pictures come through Google's proxy, links from the reader's own network.</summary>
    public static Visitor Gmail(string address) => new(new("66.249.84.12", "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"), Browser(address, Chrome));

    /// <summary>Outlook on the web: whether a reader or a scanner made Exchange Online fetch, nobody can see.</summary>
    public static readonly Visitor OutlookOnTheWeb = new(new Client("40.99.204.18", Chrome, AsPicture));

    public static readonly Visitor ApplePrivacy = new(new Client("172.225.8.41", "Mozilla/5.0"));

    public static readonly Visitor GmailPrefetch = new(new Client("66.249.84.7",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"));

    /// <summary>Proofpoint, which says it is Chrome.</summary>
    public static readonly Visitor Gateway = new(Browser("67.231.152.90", Chrome));

    public static readonly Visitor Barracuda = new(Browser("209.222.82.33", Chrome));

    /// <summary>A scanner that no list has: nothing but what it does gives it away.</summary>
    public static readonly Visitor UnlistedScanner = new(new("203.0.113.77", Chrome, AsPicture), Browser("203.0.113.77", Chrome));

    /// <summary>Asks whether the address works.</summary>
    public static readonly Visitor LinkChecker = new(new Client("52.28.14.9", Chrome) { Method = HttpMethod.Head });

    /// <summary>The new Outlook looks at a link before it lets the browser open it.</summary>
    public static Visitor SafeLink(string address) => new(new Client(address, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0 OneOutlook/1.2025.917.100"));

    public static readonly Visitor SlackPreview = new(new Client("54.173.60.204", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"));
    public static readonly Visitor WhatsAppPreview = new(new Client("2001:db8:30::5", "WhatsApp/2.25.24.80 A"));
    public static readonly Visitor Nameless = new(new Client("2001:db8:66::1", ""));

    /// <summary>The rep looks at the copy in the sent folder, with the browser they are signed in with.</summary>
    public static readonly Visitor OwnBrowser = new(new Client("192.0.2.200", Chrome, [.. AsPicture, ("Cookie", "tracker=the-rep's-session")]));
}
