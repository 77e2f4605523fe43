using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Settings;

namespace Tracker.Outbound;

/// <summary>How prospects reach this server, and the tracking addresses on it.</summary>
public sealed class PublicAddress(TrackerSettings settings, KeyRing ring, IServer? server = null)
{
    /// <summary>Without a trailing slash. With port 0 in <c>urls</c> only the running server knows it.</summary>
    public string Url => settings.PublicUrl.Length > 0
        ? settings.PublicUrl
        : Consent.FirstAddress(server?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? settings.Urls);

    /// <summary>The wishes of a message with what its rep and the settings wish beside them, decided. Every host verifies every token.</summary>
    /// <param name="from">Bare address of the sender, whose domain may have a tracking host of its own.</param>
    public InstrumentOptions Decide(OutboundOptions message, OutboundOptions rep, string? from)
    {
        var (wishes, fallback) = (message.Or(rep), settings.Outbound);
        var host = wishes.TrackingUrl is { Length: > 0 } own ? own : fallback.TrackingUrlOf(from) ?? Url;
        return wishes.Or(new() { Track = fallback.Track, PlainTextLinks = fallback.PlainTextLinks, CalendarInvites = fallback.CalendarInvites, OptOutFooter = fallback.OptOutFooter })
            .Resolved(host);
    }

    /// <summary>The same for a mail, whose <c>X-Track</c> header comes after the message's own wishes.</summary>
    public InstrumentOptions Decide(OutboundOptions message, OutboundOptions rep, OutboundMail mail) => Decide(message.Or(OutboundOptions.Of(mail)), rep, mail.From);

    /// <param name="host">Where the message's tokens lead; null: <see cref="Url"/>.</param>
    public string Open(CopyId copy, string? host = null) => $"{host ?? Url}/o/{TokenCodec.Sign(ring, TokenPurpose.Open, copy)}.gif";

    public string Click(CopyId copy, int link, string destination, string? host = null) =>
        $"{host ?? Url}/c/{TokenCodec.Sign(ring, TokenPurpose.Click, copy, link, destination)}";

    /// <returns>False when the address would be longer than <see cref="TokenCodec.MaxLinkLength"/>.</returns>
    public bool TryClick(CopyId copy, int link, string destination, string? host, out string tracked)
    {
        // Longer than this it cannot fit whatever the rest is; signing would refuse it.
        tracked = System.Text.Encoding.UTF8.GetByteCount(destination) > TokenCodec.MaxLinkLength * 3 / 4 ? "" : Click(copy, link, destination, host);
        return tracked.Length is > 0 and <= TokenCodec.MaxLinkLength;
    }

    public string OptOut(CopyId copy, string? host = null) => $"{host ?? Url}/u/{TokenCodec.Sign(ring, TokenPurpose.OptOut, copy)}";
}
