using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Tracker.Domain.Tokens;

namespace Tracker.Hits;

/// <summary>How a request of the set-up check arrived here.</summary>
/// <param name="Peer">Who connected: the proxy, where there is one.</param>
/// <param name="Client">Who asked, seen through trusted proxies.</param>
/// <param name="Forwarded">Whether the request says that it was passed on.</param>
/// <param name="SaysHttps">Whether a trusted proxy says that the reader spoke https with it.</param>
public sealed record ProbeSeen(IPAddress Peer, IPAddress Client, bool Forwarded, bool SaysHttps);

/// <summary>
/// The set-up check asks for a pixel and a link of its own, over the public address. Their copy is one that no mail has, so every server recognises them by their
/// signed token and records nothing; the one that was asked to remembers how they arrived.
/// </summary>
public sealed class SetUpProbe(ClientAddress clients)
{
    /// <summary>The header that names the request, so that the check finds its own.</summary>
    public const string Header = "X-Tracker-Check";

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
    public bool Takes(IPAddress? peer, IHeaderDictionary headers, CopyId copy)
    {
        if (copy != Copy)
        {
            return false;
        }
        if (headers[Header].ToString() is { Length: > 0 } name && _expected.ContainsKey(name))
        {
            _expected.TryUpdate(name, new(ClientAddress.Plain(peer ?? IPAddress.None), clients.Of(peer, headers), ClientAddress.IsForwarded(headers), clients.SaysHttps(peer, headers)), null);
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
