using System.Collections.Frozen;

namespace Tracker.Domain.Signals;

/// <summary>The request headers that the rules read. Nothing else needs to be kept of a request.</summary>
public static class SignalHeaders
{
    public const string Accept = "accept";
    public const string AcceptLanguage = "accept-language";
    public const string FetchDestination = "sec-fetch-dest";
    public const string FetchMode = "sec-fetch-mode";
    public const string Referer = "referer";
    public const string ClientHints = "sec-ch-ua";
    public const string ClientHintsPlatform = "sec-ch-ua-platform";

    /// <summary>
    /// Ways in which browsers and proxies have said "nobody asked for this yet": Sec-Purpose (Fetch standard, MDN), Purpose (Chromium), X-Moz (old Firefox),
    /// X-Purpose (old Safari).
    /// </summary>
    public static readonly string[] Purposes = ["sec-purpose", "purpose", "x-moz", "x-purpose"];

    /// <summary>All of them, in lower case.</summary>
    public static readonly FrozenSet<string> All = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        [Accept, AcceptLanguage, FetchDestination, FetchMode, Referer, ClientHints, ClientHintsPlatform, .. Purposes]);
}
