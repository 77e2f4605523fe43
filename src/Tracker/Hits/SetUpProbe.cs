using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Tracker.Domain.Tokens;

namespace Tracker.Hits;

/// <summary>How a request of the set-up check arrived here.</summary>
/// <param name="Peer">Who connected: the proxy, where there is one.</param>
/// <param name="Client">Who asked, seen through trusted proxies.</param>
/// <param name="Forwarded">Whether the request says that it was passed on.</param>
public sealed record ProbeSeen(IPAddress Peer, IPAddress Client, bool Forwarded, bool IsHttps);

/// <summary>
/// The set-up check asks for a pixel and a link of its own, over the public address. Their copy is one that no mail has, so every server recognises them by their
/// signed token and records nothing; the one that was asked to remembers how they arrived.
/// </summary>
public sealed class SetUpProbe(ClientAddress clients)
{
    /// <summary>In the query, so that no cache answers and the check finds its own request.</summary>
    public const string Query = "check";

    /// <summary>"tracker set-up" in ASCII. Copies of mails are random.</summary>
    public static readonly CopyId Copy = CopyId.FromBytes("tracker set-up\0\0"u8);

    readonly ConcurrentDictionary<string, ProbeSeen?> _expected = new();

    /// <summary>Announces a request, and forgets it when the result is disposed.</summary>
    public Expected Expect()
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _expected[name] = null;
        return new(this, name);
    }

    /// <summary>Whether the token is one of the check's; then it is remembered and must not be recorded.</summary>
    public bool Takes(HttpContext http, CopyId copy)
    {
        if (copy != Copy)
        {
            return false;
        }
        if (http.Request.Query[Query].ToString() is { Length: > 0 } name && _expected.ContainsKey(name))
        {
            var peer = http.Connection.RemoteIpAddress ?? IPAddress.None;
            _expected.TryUpdate(name, new(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer, clients.Of(http), ClientAddress.IsForwarded(http), clients.IsHttps(http)), null);
        }
        return true;
    }

    public sealed class Expected(SetUpProbe probe, string name) : IDisposable
    {
        public string Name => name;

        /// <summary>Null while it has not arrived on this server.</summary>
        public ProbeSeen? Seen => probe._expected.GetValueOrDefault(name);

        public void Dispose() => probe._expected.TryRemove(name, out _);
    }
}
