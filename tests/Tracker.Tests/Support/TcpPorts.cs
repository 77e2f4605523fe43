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

static class Live
{
    /// <summary>Whether a server listens there and is live.</summary>
    public static async Task<bool> IsLiveAsync(this HttpClient http, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync("/health/live", ct);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
