namespace Tracker.Domain.Signals;

/// <summary>
/// Likely forwarded: a person's hit from another network and another kind of device than every earlier person's hit of the copy. Wrong for one reader who changes
/// from the office computer to a phone on the road, so it says "someone with this copy" and never more.
/// </summary>
public static class Forwarding
{
    /// <param name="earlier">The copy's earlier hits that were judged human.</param>
    /// <param name="hit">Judged human too.</param>
    public static bool IsLikely(IEnumerable<Hit> earlier, Hit hit)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(hit);
        if (DeviceOf(hit) is not { } device)
        {
            return false;
        }
        var readers = 0;
        foreach (var before in earlier)
        {
            if (DeviceOf(before) is not { } known)
            {
                continue;
            }
            if (known == device || before.SourcePrefix == hit.SourcePrefix)
            {
                return false;
            }
            readers++;
        }
        return readers > 0;
    }

    // Proxies, relays, VPN exits and gateways carry everybody, so their network and often their name say nothing of the reader.
    static Platform? DeviceOf(Hit hit) =>
        NetworkNames.KindOf(hit.Network) == NetworkKind.Ordinary && Client.Of(hit.UserAgent) is { Kind: not ClientKind.MailProxy, Platform: not Platform.Unknown } client
            ? client.Platform
            : null;
}
