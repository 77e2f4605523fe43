using System.Net;
using Tracker.Domain.Scoring;

namespace Tracker.Settings;

/// <summary>Every setting, read once at start. appsettings.json is the manual: meaning, unit, default and range stand there.</summary>
public sealed record TrackerSettings
{
    public const string Track = "track", Off = "off";

    public required string DataFolder { get; init; }
    public required string ConnectionString { get; init; }

    /// <summary>How prospects reach this server, without a trailing slash; empty: the first listening address.</summary>
    public required string PublicUrl { get; init; }
    public required string Urls { get; init; }
    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }
    public required IReadOnlyList<IPNetwork> OfficeNetworks { get; init; }
    public required IReadOnlyList<IPNetwork> GatewayNetworks { get; init; }
    public required NetworkListSettings NetworkLists { get; init; }

    /// <summary>What to do with recipients whose wish is unknown: <see cref="Track"/> or <see cref="Off"/>.</summary>
    public required string UnknownConsent { get; init; }
    public required int Node { get; init; }
    /// <summary>Pixels, links and opt-outs only, journalled; no database is opened.</summary>
    public required bool RedirectOnly { get; init; }
    public required long MessageBytes { get; init; }
    public required OutboundSettings OutboundDefaults { get; init; }
    public required JournalSettings Journal { get; init; }
    public required HeatScale HeatScale { get; init; }
    public required TimeSpan HalfLife { get; init; }
    public required HeatWeights HeatWeights { get; init; }
    public required PromptSettings Prompts { get; init; }
    public required FeedSettings Feed { get; init; }
    public required FilterSettings Filter { get; init; }
    public required OpenIdSettings OpenId { get; init; }
    public required int RequestsPerMinute { get; init; }
    public required TimeSpan UserAgentsKept { get; init; }
    public required MailSettings Mail { get; init; }

    public string KeyRingFile => Path.Combine(DataFolder, "keyring.json");

    /// <summary>Refresh tokens that a token server has replaced.</summary>
    public string MailTokensFile => Path.Combine(DataFolder, "mail-tokens.json");

    public string AddressKeyFile => Path.Combine(DataFolder, "address-key.json");

    /// <summary>Links that lead elsewhere or nowhere now.</summary>
    public string SwitchFile => Path.Combine(DataFolder, "link-rules.json");

    /// <summary>The team's own networks that were added on the page.</summary>
    public string OfficeNetworksFile => Path.Combine(DataFolder, "office-networks.json");

    public string JournalFolder => Path.Combine(DataFolder, "journal");

    /// <summary>Refreshed lists of known networks.</summary>
    public string NetworksFolder => Path.Combine(DataFolder, "networks");

    /// <param name="forProspects">False for the demo, whose prospects are on this machine wherever it listens.</param>
    /// <exception cref="SettingsException">A setting is wrong or unknown.</exception>
    public static TrackerSettings Read(IConfiguration configuration, bool forProspects = true)
    {
        var read = new SettingsReader(configuration);
        var halfLife = TimeSpan.FromHours(read.Number("Tracker:Scoring:HalfLifeHours", HeatWeights.DefaultHalfLife.TotalHours, 1, 8760));
        var settings = new TrackerSettings
        {
            DataFolder = Path.GetFullPath(read.Text("Tracker:DataFolder", "data")),
            ConnectionString = read.Text("ConnectionStrings:Tracker", ""),
            PublicUrl = read.Address("Tracker:PublicUrl"),
            Urls = read.Text("urls", "http://localhost:5080"),
            TrustedProxies = read.Networks("Tracker:TrustedProxies", "127.0.0.0/8", "::1"),
            OfficeNetworks = read.Networks("Tracker:OfficeNetworks"),
            GatewayNetworks = read.Networks("Tracker:GatewayNetworks"),
            NetworkLists = NetworkListSettings.Read(read),
            UnknownConsent = read.Choice("Tracker:UnknownConsent", "", Track, Off),
            Node = (int)read.Whole("Tracker:Node", 0, 0, 511),
            RedirectOnly = read.Flag("Tracker:RedirectOnly", false),
            MessageBytes = read.Whole("Tracker:MessageBytes", 25_000_000, 1_000, 100_000_000),
            OutboundDefaults = OutboundSettings.Read(read),
            Journal = JournalSettings.Read(read),
            HalfLife = halfLife,
            HeatScale = new(halfLife),
            HeatWeights = new(
                read.Number("Tracker:Scoring:OpenWeight", 1, 0.001, 1000), read.Number("Tracker:Scoring:ClickWeight", 4, 0.001, 1000),
                read.Number("Tracker:Scoring:ReplyWeight", 8, 0.001, 1000)),
            Prompts = PromptSettings.Read(read),
            Feed = FeedSettings.Read(read),
            Filter = FilterSettings.Read(read),
            OpenId = OpenIdSettings.Read(read),
            RequestsPerMinute = (int)read.Whole("Tracker:Api:RequestsPerMinute", 6000, 1, 1_000_000),
            UserAgentsKept = TimeSpan.FromDays(read.Whole("Tracker:Retention:UserAgentDays", 30, 1, 400)),
            Mail = MailSettings.Read(read),
        };
        settings.Check(read, forProspects);
        read.ThrowIfWrong();
        return settings;
    }

    void Check(SettingsReader read, bool forProspects)
    {
        if (ConnectionString.Length > 0 && !ConnectionString.Contains("Host=", StringComparison.OrdinalIgnoreCase))
        {
            // Not shown: it may hold a password.
            read.Problem("ConnectionStrings:Tracker", "(not shown)", "nothing, for SQLite in the data folder, or a PostgreSQL connection such as Host=db;Database=tracker;Username=tracker;Password=…");
        }
        foreach (var url in Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(url.Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://*", "://localhost", StringComparison.Ordinal), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                read.Problem("urls", url, "one or more addresses to listen on, separated by semicolons, such as http://localhost:5080");
                return;
            }
        }
        // Not when it is set and wrong, which has been told.
        if (forProspects && read.Text("Tracker:PublicUrl", "").Length == 0 && Consent.ListensBeyondLoopback(Urls))
        {
            read.Problem("Tracker:PublicUrl", "", $"the address that prospects reach, such as https://t.example.com; it must be set because the server listens beyond this machine (urls: {Urls}), and links to this machine's own address would reach nobody");
        }
        if (UnknownConsent.Length == 0 && !OutboundDefaults.TrackingUrls.Values.Append(PublicUrl.Length > 0 ? PublicUrl : Consent.FirstAddress(Urls)).All(Consent.IsLoopback))
        {
            read.Problem("Tracker:UnknownConsent", "", Consent.WhyItMustBeSet);
        }
    }
}

/// <summary>See the journal's own options for what they mean.</summary>
public sealed record JournalSettings(long SegmentBytes, long MaxBytes, TimeSpan AnswerWithin)
{
    public static JournalSettings Read(SettingsReader read) => new(
        read.Whole("Tracker:Journal:SegmentMegabytes", 16, 1, 1024) << 20,
        read.Whole("Tracker:Journal:MaxMegabytes", 4096, 1, 1_000_000) << 20,
        TimeSpan.FromMilliseconds(read.Whole("Tracker:Journal:AnswerWithinMilliseconds", 150, 1, 10_000)));
}

/// <summary>Where <c>tracker networks refresh</c> fetches.</summary>
public sealed record NetworkListSettings(string Apple, string Microsoft, string GoogleCrawlers, string Googlebot)
{
    public static NetworkListSettings Read(SettingsReader read) => new(
        read.Download("Tracker:NetworkLists:AppleEgress", "https://mask-api.icloud.com/egress-ip-ranges.csv"),
        // The service asks for a random id of each client, which it uses for nothing but counting; the same for all tells it least.
        read.Download("Tracker:NetworkLists:Microsoft365", "https://endpoints.office.com/endpoints/worldwide?clientrequestid=b10c5ed1-bad1-445f-b386-b919946339a7"),
        read.Download("Tracker:NetworkLists:GoogleCrawlers", "https://developers.google.com/static/crawling/ipranges/special-crawlers.json"),
        read.Download("Tracker:NetworkLists:Googlebot", "https://developers.google.com/static/crawling/ipranges/googlebot.json"));
}

/// <param name="Lifetime">How long a prompt stays live after the last look.</param>
/// <param name="SittingGap">A longer pause between two looks begins a new sitting.</param>
/// <param name="OneTextRecipients">A text sent to more people than this raises prompts from a click or a second sitting only.</param>
public sealed record PromptSettings(TimeSpan Lifetime, TimeSpan SittingGap, int OneTextRecipients)
{
    public static PromptSettings Read(SettingsReader read) => new(
        TimeSpan.FromMinutes(read.Whole("Tracker:Prompts:LifetimeMinutes", 60, 1, 10_080)),
        TimeSpan.FromMinutes(read.Whole("Tracker:Prompts:SittingGapMinutes", 30, 1, 1_440)),
        (int)read.Whole("Tracker:Prompts:OneTextRecipients", 10, 1, 1_000_000));
}

/// <param name="Kept">How long feed entries can be resumed from.</param>
/// <param name="KeepAlive">Pause after which an idle stream gets a comment line.</param>
public sealed record FeedSettings(TimeSpan Kept, TimeSpan KeepAlive)
{
    public static FeedSettings Read(SettingsReader read) => new(
        TimeSpan.FromDays(read.Whole("Tracker:Feed:KeepDays", 30, 1, 3650)),
        TimeSpan.FromSeconds(read.Whole("Tracker:Feed:KeepAliveSeconds", 20, 1, 300)));
}
