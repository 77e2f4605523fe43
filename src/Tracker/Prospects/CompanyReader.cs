using Tracker.Domain.Scoring;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prospects;

/// <summary>One person of a company.</summary>
public sealed record CompanyPerson(string Id, string Email, string? Name, string? Phone, double Heat, DateTimeOffset? LastEngagedAt, long Looks, long Clicks);

/// <param name="Others">People of the company whom only colleagues write to: counted, not named.</param>
public sealed record CompanyView(string Id, string Name, string Domain, double Heat, DateTimeOffset? LastEngagedAt, IReadOnlyList<CompanyPerson> People, long Others);

/// <summary>A company with its people; a rep sees those they write to.</summary>
public static class CompanyReader
{
    const int MostPeople = 200;

    sealed record Row
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public string Domain { get; init; } = "";
        public long HeatKey { get; init; }
        public long? LastEngagedAtMs { get; init; }
        public long People { get; init; }
    }

    sealed record PersonRow
    {
        public long Id { get; init; }
        public string Email { get; init; } = "";
        public string? Name { get; init; }
        public string? Phone { get; init; }
        public long HeatKey { get; init; }
        public long? LastEngagedAtMs { get; init; }
        public long Looks { get; init; }
        public long Clicks { get; init; }
    }

    /// <returns>Null when there is none, or the rep writes to nobody there.</returns>
    public static async Task<CompanyView?> FindAsync(Session session, long id, long? repId, HeatScale scale, DateTimeOffset now)
    {
        var people = await session.QueryAsync<PersonRow>("""
            select p.id, p.email, p.name, p.phone, p.heat_key, p.last_engaged_at_ms, p.looks, p.clicks from prospects p
            where p.company_id = @id and (@repId is null or exists (select 1 from prospect_reps pr where pr.prospect_id = p.id and pr.rep_id = @repId))
            order by p.heat_key desc, p.id limit @limit
            """, new { id, repId, limit = MostPeople });
        var row = people.Count == 0 ? null : await session.FirstAsync<Row>("""
            select co.id, co.name, co.domain, co.heat_key, co.last_engaged_at_ms, (select count(*) from prospects p where p.company_id = co.id) as people
            from companies co where co.id = @id
            """, new { id });
        return row is null ? null : new(
            Ids.Text(row.Id), row.Name, row.Domain, scale.HeatAt(row.HeatKey, now), Times.Of(row.LastEngagedAtMs),
            [.. people.Select(p => new CompanyPerson(Ids.Text(p.Id), p.Email, p.Name, p.Phone, scale.HeatAt(p.HeatKey, now), Times.Of(p.LastEngagedAtMs), p.Looks, p.Clicks))],
            Math.Max(0, row.People - people.Count));
    }
}
