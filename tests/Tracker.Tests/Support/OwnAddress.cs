using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Tracker.Tests.Support;

/// <summary>An address of this machine that is not its loopback: what others would reach it by.</summary>
static class OwnAddress
{
    public static IPAddress Find()
    {
        var found = NetworkInterface.GetAllNetworkInterfaces().Where(n => n.OperationalStatus == OperationalStatus.Up && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(n => n.GetIPProperties().UnicastAddresses).Select(a => a.Address).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(found is null, "This machine has no network address but loopback.");
        return found!;
    }
}
