using System.Net;
using Tracker.Domain.Signals;
using Tracker.Hits.Networks;
using Tracker.Settings;

namespace Tracker.Hits;

/// <summary>What is known about the network an address is in: the shipped lists, refreshed ones instead where there are any, and the operator's own.</summary>
public sealed class KnownNetworks(TrackerSettings settings)
{
    /// <summary>Named by the operator as a mail gateway's, so whatever comes from there is one.</summary>
    static readonly KnownNetwork OwnGateway = new("own-gateway", NetworkCertainty.Certain, ClicksOnly: false);

    /// <exception cref="InvalidDataException">A refreshed list is damaged; it names the way out.</exception>
    public NetworkBook Book { get; } = NetworkLists.Load(settings.NetworksFolder).With(settings.GatewayNetworks.Select(n => NetworkRange.Of(n, OwnGateway)));

    public KnownNetwork? Find(IPAddress address) => Book.Find(address);

    /// <summary>From the setting Tracker:OfficeNetworks. Never loopback: behind a proxy that is not trusted, everybody would come from there.</summary>
    public bool IsOffice(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return false;
        }
        foreach (var network in settings.OfficeNetworks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }
        return false;
    }
}
