using System.Net;

namespace Tracker.Hits;

/// <summary>Addresses that tell nobody apart: behind a proxy that is not trusted, or a container's bridge, everybody comes from one of them.</summary>
public static class InnerNetworks
{
    // Loopback; private (RFC 1918, RFC 4193); shared by a provider's customers (RFC 6598); link-local.
    static readonly IPNetwork[] All =
        [.. new[] { "127.0.0.0/8", "::/48", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10" }.Select(IPNetwork.Parse)];

    public static bool Contain(IPAddress address)
    {
        foreach (var network in All)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }
        return false;
    }
}
