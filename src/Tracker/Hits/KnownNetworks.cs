using System.Net;
using Tracker.Domain.Signals;
using Tracker.Hits.Networks;
using Tracker.Settings;

namespace Tracker.Hits;

/// <summary>What is known about the network an address is in.</summary>
public sealed class KnownNetworks(TrackerSettings settings)
{
    readonly NetworkBook _book = NetworkBook.Shipped;

    public KnownNetwork? Find(IPAddress address) => _book.Find(address);

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
