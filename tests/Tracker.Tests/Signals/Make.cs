using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

/// <summary>Hits with everything left out that a test does not speak about: an ordinary browser, an ordinary network, hours after sending.</summary>
static class Make
{
    public const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
    public const string Edge = Chrome + " Edg/141.0.0.0";
    public const string IPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
    public const string Outlook = "Microsoft Office/16.0 (Microsoft Outlook 16.0.12329; Pro), Mozilla/4.0 (compatible; ms-office; MSOffice 16)";
    public const string OneOutlook = Chrome + " Edg/117.0.2045.47 OneOutlook/1.2023.927.100";
    public const string Gmail = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
    public const string GmailPrefetch = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0";

    public static readonly DateTimeOffset Sent = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public static readonly KnownNetwork Apple = new(NetworkNames.AppleEgress, NetworkCertainty.Probable, ClicksOnly: false);
    public static readonly KnownNetwork Defender = new("microsoft-eop", NetworkCertainty.Certain, ClicksOnly: false);
    public static readonly KnownNetwork Proofpoint = new("proofpoint", NetworkCertainty.Probable, ClicksOnly: false);
    public static readonly KnownNetwork Azure = new("cloud-microsoft", NetworkCertainty.Probable, ClicksOnly: true);

    public static readonly Dictionary<string, string> Navigation = new()
    {
        ["accept"] = "text/html,application/xhtml+xml,*/*;q=0.8", ["accept-language"] = "en-US,en;q=0.9", ["sec-fetch-dest"] = "document", ["sec-fetch-mode"] = "navigate",
    };

    public static Hit Open(double seconds, string agent, string from = "192.0.2.1", KnownNetwork? network = null, string method = "GET") =>
        Hit(HitKind.Open, null, seconds, agent, from, network, method, []);

    public static Hit Click(double seconds, int link = 0, string agent = Chrome, string from = "192.0.2.1", KnownNetwork? network = null, string method = "GET") =>
        Hit(HitKind.Click, link, seconds, agent, from, network, method, Navigation);

    public static Hit With(this Hit hit, string header, string value) => hit with { Headers = new Dictionary<string, string>(hit.Headers) { [header] = value } };

    static Hit Hit(HitKind kind, int? link, double seconds, string agent, string from, KnownNetwork? network, string method, Dictionary<string, string> headers) => new()
    {
        Id = (long)(seconds * 1000), Kind = kind, Link = link, At = Sent.AddSeconds(seconds), Method = method, UserAgent = agent, Headers = headers,
        Network = network, SourcePrefix = Prefix(from), SourceHash = StringComparer.Ordinal.GetHashCode(from),
    };

    static string Prefix(string address) => address[..address.LastIndexOf('.')] + ".0/24";

    public static CopyTraffic Copy(params Hit[] hits) => new() { SentAt = Sent, LinkCount = 4, Hits = [.. hits.OrderBy(h => h.At)] };

    /// <summary>All verdicts an hour after the last hit, when nothing is held any more.</summary>
    public static IReadOnlyList<Judgement> Finally(this CopyTraffic copy) => Judge.Review(copy, copy.Hits[^1].At.AddHours(1));

    /// <summary>The one judgement at the very moment of the last hit.</summary>
    public static Judgement AtOnce(this CopyTraffic copy) => Judge.Review(copy, copy.Hits[^1].At)[^1];
}
