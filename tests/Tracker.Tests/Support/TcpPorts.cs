using System.Net;
using System.Net.Sockets;

namespace Tracker.Tests.Support;

static class TcpPorts
{
    /// <summary>One that nobody listens on at this moment.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
