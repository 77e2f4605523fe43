using System.Net;

namespace Tracker.Settings;

/// <summary>Whether recipients whose wish is unknown may be tracked is for the person who runs Tracker to decide, knowing the law.</summary>
public static class Consent
{
    public const string WhyItMustBeSet =
        "'track' or 'off', and must be chosen before mail goes to real people. In the EU, following individual opens and clicks needs the recipient's prior " +
        "consent (ePrivacy Directive Art. 5(3), EDPB Guidelines 2/2023; France: CNIL deliberation 2026-042; Italy: Garante decision 284/2026), in the UK " +
        "likewise (PECR reg. 6). Set it to 'off' to track only those who are known to agree, or to 'track' if you have another legal basis";

    /// <summary>The address that a browser on this machine would use for the first of the listening addresses.</summary>
    public static string FirstAddress(string urls)
    {
        var first = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0].TrimEnd('/');
        foreach (var any in (string[])["://+", "://*", "://0.0.0.0", "://[::]"])
        {
            first = first.Replace(any, "://localhost", StringComparison.Ordinal);
        }
        return first;
    }

    /// <summary>Whether others than this machine can reach any of the listening addresses; http://+:8080 is no loopback address either.</summary>
    public static bool ListensBeyondLoopback(string urls) =>
        !urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(IsLoopback);

    public static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.IsLoopback || uri.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
