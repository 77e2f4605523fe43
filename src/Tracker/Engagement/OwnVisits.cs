using Tracker.Domain.Signals;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>Knows a rep's own visits by the address their page is used from today.</summary>
public sealed class OwnVisits
{
    sealed record Row
    {
        public long RepId { get; init; }
        public long AddressHash { get; init; }
    }

    readonly HashSet<Row> _seen;

    OwnVisits(IEnumerable<Row> rows) => _seen = [.. rows];

    public static async Task<OwnVisits> LoadAsync(Session session, IReadOnlyCollection<long> hashes) =>
        new(await session.QueryAsync<Row>("select rep_id, address_hash from rep_addresses where " + session.Dialect.In("address_hash", "@hashes"), new { hashes = hashes.ToArray() }));

    /// <summary>Only for the rep who sent the mail, and never through a known network: an image proxy carries everybody.</summary>
    public Hit Mark(Hit hit, long repId) => hit.OwnVisit == OwnVisit.None && hit.Network is null && _seen.Contains(new Row { RepId = repId, AddressHash = hit.SourceHash })
        ? hit with { OwnVisit = OwnVisit.Network }
        : hit;
}
