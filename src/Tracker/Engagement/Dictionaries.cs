using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tracker.Domain.Signals;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>
/// The texts that many hits share stand once, under a small number. Numbers that are known to be committed are remembered, so that the usual hit costs
/// no look-up.
/// </summary>
public sealed class Dictionaries
{
    // A few hundred of each cover nearly all traffic; a flood of made-up User-Agents must not grow without bound.
    const int MaxRemembered = 10_000;

    readonly Dictionary<string, long> _known = [];
    readonly StringBuilder _name = new();

    public async Task<long> ClientAsync(Session session, Hit hit)
    {
        // The day is part of what is remembered, so that "last seen" moves on without a write per hit.
        var name = NameOf(hit);
        if (_known.TryGetValue(name, out var known))
        {
            return known;
        }
        var headers = JsonSerializer.Serialize(new SortedDictionary<string, string>(hit.Headers.ToDictionary(), StringComparer.Ordinal));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hit.UserAgent + "\n" + headers)).AsSpan(0, 16));
        return await IdAsync(session, name, """
            insert into clients (fingerprint, user_agent, headers, last_seen_at_ms) values (@fingerprint, @userAgent, @headers, @at)
            on conflict (fingerprint) do update set last_seen_at_ms = excluded.last_seen_at_ms returning id
            """, new { fingerprint, userAgent = hit.UserAgent, headers, at = hit.At.ToUnixTimeMilliseconds() });
    }

    /// <summary>Tells clients apart in memory, where it need not be short: a line break is in no header.</summary>
    string NameOf(Hit hit)
    {
        _name.Clear().Append('c').Append(hit.At.ToUnixTimeMilliseconds() / 86_400_000).Append('\n').Append(hit.UserAgent);
        foreach (var (header, value) in hit.Headers)
        {
            _name.Append('\n').Append(header).Append('=').Append(value);
        }
        return _name.ToString();
    }

    public async Task<long?> NetworkAsync(Session session, KnownNetwork? network) => network is null ? null : await IdAsync(
        session, $"n{network.Name}/{network.Certainty}/{network.ClicksOnly}", """
        insert into networks (name, certainty, clicks_only) values (@name, @certainty, @clicksOnly)
        on conflict (name, certainty, clicks_only) do update set name = excluded.name returning id
        """, new { name = network.Name, certainty = (long)network.Certainty, clicksOnly = network.ClicksOnly ? 1L : 0L });

    public async Task<long> ReasonsAsync(Session session, IReadOnlyList<string> reasons)
    {
        var name = "r" + string.Join('\n', reasons);
        if (_known.TryGetValue(name, out var known))
        {
            return known;
        }
        var texts = JsonSerializer.Serialize(reasons, Web.ApiJson.Options);
        return await IdAsync(session, name, "insert into reasons (texts) values (@texts) on conflict (texts) do update set texts = excluded.texts returning id", new { texts });
    }

    async Task<long> IdAsync(Session session, string name, string upsert, object parameters)
    {
        if (_known.TryGetValue(name, out var known))
        {
            return known;
        }
        var id = await session.ScalarAsync<long>(upsert, parameters);
        session.AfterCommit(() =>
        {
            if (_known.Count >= MaxRemembered)
            {
                _known.Clear();
            }
            _known[name] = id;
        });
        return id;
    }

    /// <summary>Forgets everything remembered; called when rows may have been changed or removed by somebody else.</summary>
    public void Forget() => _known.Clear();
}
