using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tracker.Domain.Tokens;
using Tracker.Settings;

namespace Tracker.Outbound;

/// <summary>How prospects reach this server, and the tracking addresses on it.</summary>
public sealed class PublicAddress(TrackerSettings settings, KeyRing ring, IServer? server = null)
{
    /// <summary>Without a trailing slash. With port 0 in <c>urls</c> only the running server knows it.</summary>
    public string Url => settings.PublicUrl.Length > 0
        ? settings.PublicUrl
        : Consent.FirstAddress(server?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? settings.Urls);

    public string Open(CopyId copy) => $"{Url}/o/{TokenCodec.Sign(ring, TokenPurpose.Open, copy)}.gif";

    public string Click(CopyId copy, int link, string destination) => $"{Url}/c/{TokenCodec.Sign(ring, TokenPurpose.Click, copy, link, destination)}";

    /// <returns>False when the address would be longer than <see cref="TokenCodec.MaxLinkLength"/>.</returns>
    public bool TryClick(CopyId copy, int link, string destination, out string tracked)
    {
        // Longer than this it cannot fit whatever the rest is; signing would refuse it.
        tracked = System.Text.Encoding.UTF8.GetByteCount(destination) > TokenCodec.MaxLinkLength * 3 / 4 ? "" : Click(copy, link, destination);
        return tracked.Length is > 0 and <= TokenCodec.MaxLinkLength;
    }

    public string OptOut(CopyId copy) => $"{Url}/u/{TokenCodec.Sign(ring, TokenPurpose.OptOut, copy)}";
}
