using System.Net;
using Tracker.Settings;

namespace Tracker.Hits;

/// <summary>Who is at the other end, seen through the proxies that are trusted and no further.</summary>
public sealed class ClientAddress(TrackerSettings settings)
{
    static readonly string[] ProxyHeaders = ["Forwarded", "Via", "X-Real-IP"];

    const string ForwardedFor = "X-Forwarded-For", ForwardedProto = "X-Forwarded-Proto";

    /// <summary>
    /// Walks X-Forwarded-For from right to left: each entry was written by the hop to its right, so it is worth what that hop is worth. The first
    /// address that is no trusted proxy is the client; what stands further left is what the client claims.
    /// </summary>
    public IPAddress Of(HttpContext http) => Of(http.Connection.RemoteIpAddress, http.Request.Headers);

    /// <inheritdoc cref="Of(HttpContext)"/>
    /// <param name="peer">Who is connected; null when that is no internet address.</param>
    public IPAddress Of(IPAddress? peer, IHeaderDictionary headers)
    {
        var address = Plain(peer ?? IPAddress.None);
        var header = headers[ForwardedFor];
        if (header.Count == 0 || !IsTrusted(address))
        {
            return address;
        }
        var entries = header.ToString().Split(',');
        for (var i = entries.Length - 1; i >= 0 && IsTrusted(address); i--)
        {
            if (!TryParse(entries[i].AsSpan().Trim(), out var previous))
            {
                break;
            }
            address = previous;
        }
        return address;
    }

    /// <summary>True when the trusted proxy in front says that it speaks https with the client.</summary>
    public bool IsHttps(HttpContext http) => http.Request.IsHttps
        || (IsTrusted(Plain(http.Connection.RemoteIpAddress ?? IPAddress.None)) && http.Request.Headers[ForwardedProto].ToString().Equals("https", StringComparison.OrdinalIgnoreCase));

    /// <summary>A peer on this machine that speaks for itself, not for somebody behind it, as a proxy does with any of these headers.</summary>
    public static bool IsLocalCaller(HttpContext http) =>
        IPAddress.IsLoopback(http.Connection.RemoteIpAddress ?? IPAddress.None)
        && !http.Request.Headers.Keys.Any(name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || ProxyHeaders.Contains(name, StringComparer.OrdinalIgnoreCase));

    bool IsTrusted(IPAddress address)
    {
        foreach (var network in settings.TrustedProxies)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }
        return false;
    }

    // Some proxies append the port: 192.0.2.1:4711, [2001:db8::1]:4711.
    static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        // Three dots or a colon: the base library would also take "1" for 0.0.0.1.
        if (IPAddress.TryParse(text, out var plain) && (text.Contains(':') || text.Count('.') == 3))
        {
            address = Plain(plain);
            return true;
        }
        var parsed = IPEndPoint.TryParse(text, out var endPoint) && (text.StartsWith('[') || text.Count('.') == 3);
        address = parsed ? Plain(endPoint!.Address) : IPAddress.None;
        return parsed;
    }

    static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
