using System.Net;
using Tracker.Hits;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Access;

/// <summary>
/// Notes from where a rep's page is used, so that the rep's own visits are not taken for a prospect's. Only a hash under the day's key: it tells "same
/// address, same day" and nothing else. Never loopback and never a known network, where others come from too.
/// </summary>
public sealed class OwnAddresses(Database database, ClientAddress clients, AddressKey key, KnownNetworks networks, TimeProvider time)
{
    public async Task NoteAsync(HttpContext http, long repId)
    {
        var address = clients.Of(http);
        if (IPAddress.IsLoopback(address) || networks.Find(address) is not null)
        {
            return;
        }
        var now = time.GetUtcNow();
        await database.WriteAsync(s => s.ExecuteAsync("""
            insert into rep_addresses (rep_id, address_hash, seen_at_ms) values (@repId, @hash, @now)
            on conflict (rep_id, address_hash) do update set seen_at_ms = excluded.seen_at_ms
            """, new { repId, hash = key.HashOf(address, now), now = now.Ms() }), http.RequestAborted);
    }
}
