using System.Collections.Concurrent;
using System.Net;
using Tracker.Hits;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Access;

/// <summary>
/// Notes from where a rep's page is used, so that the rep's own visits are not taken for a prospect's. Only a hash under the day's key: it tells "same
/// address, same day" and nothing else. Never an inner address and never a known network, where others come from too.
/// </summary>
public sealed class OwnAddresses(Database database, ClientAddress clients, AddressKey key, KnownNetworks networks, TimeProvider time)
{
    /// <summary>A page that stays open asks for news all day; noting it once in a while is enough to keep it among today's.</summary>
    static readonly TimeSpan Again = TimeSpan.FromHours(1);

    /// <summary>More than a team uses in a day; beyond it they are noted anew, which costs a write each and nothing else.</summary>
    const int MostRemembered = 10_000;

    readonly ConcurrentDictionary<(long RepId, long Hash), DateTimeOffset> _noted = new();

    public async Task NoteAsync(HttpContext http, long repId)
    {
        var (address, now) = (clients.Of(http), time.GetUtcNow());
        if (InnerNetworks.Contain(address) || networks.Find(address) is not null)
        {
            return;
        }
        var hash = key.HashOf(address, now);
        if (_noted.TryGetValue((repId, hash), out var noted) && now - noted < Again)
        {
            return;
        }
        await database.WriteAsync(s => s.ExecuteAsync("""
            insert into rep_addresses (rep_id, address_hash, seen_at_ms) values (@repId, @hash, @now)
            on conflict (rep_id, address_hash) do update set seen_at_ms = excluded.seen_at_ms
            """, new { repId, hash, now = now.Ms() }), http.RequestAborted);
        if (_noted.Count >= MostRemembered)
        {
            _noted.Clear();
        }
        _noted[(repId, hash)] = now;
    }
}
