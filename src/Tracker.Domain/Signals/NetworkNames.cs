using System.Collections.Frozen;

namespace Tracker.Domain.Signals;

/// <summary>What a known network is, as far as the rules care.</summary>
public enum NetworkKind
{
    /// <summary>Not known, or nothing that bears on the verdict.</summary>
    Ordinary,

    /// <summary>Fetches on its own account: a published scanner or crawler range.</summary>
    Scanner,

    /// <summary>A mail gateway's network; behind browser isolation a person clicks from there too.</summary>
    Gateway,

    /// <summary>Rented computers: scanners, but also cloud desktops and VPN exits.</summary>
    Hosting,

    /// <summary>Apple's egress: privacy prefetch, and people behind iCloud Private Relay.</summary>
    AppleEgress,

    /// <summary>Exchange Online: loads pictures for readers of Outlook on the web, and for scanners.</summary>
    ExchangeOnline,
}

/// <summary>Stable names of shipped networks that a rule treats specially. A name is stored with the hit, so it must not change.</summary>
public static class NetworkNames
{
    public const string AppleEgress = "apple-egress";
    public const string ExchangeOnline = "exchange-online";

    /// <summary>Names of hosting networks start so: <c>cloud-aws</c>.</summary>
    public const string HostingPrefix = "cloud-";

    /// <summary>Gateways that show a page to the reader out of their own network [warmbly's scanner-networks.txt]: a click from there may be a person's from the first minute on.</summary>
    public static readonly FrozenSet<string> Isolating = FrozenSet.Create(StringComparer.Ordinal, ["proofpoint", "mimecast"]);

    public static NetworkKind KindOf(KnownNetwork? network) => network switch
    {
        null or { Certainty: NetworkCertainty.None } => NetworkKind.Ordinary,
        { Name: AppleEgress } => NetworkKind.AppleEgress,
        { Name: ExchangeOnline } => NetworkKind.ExchangeOnline,
        { Certainty: NetworkCertainty.Certain } => NetworkKind.Scanner,
        { Name: var name } when name.StartsWith(HostingPrefix, StringComparison.Ordinal) => NetworkKind.Hosting,
        _ => NetworkKind.Gateway,
    };
}
