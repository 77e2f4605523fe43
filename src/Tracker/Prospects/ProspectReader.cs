using Tracker.Domain.Scoring;
using Tracker.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prospects;

public static class ProspectReader
{
    sealed record Row
    {
        public long Id { get; init; }
        public string Email { get; init; } = "";
        public string? Name { get; init; }
        public string? Phone { get; init; }
        public string? Company { get; init; }
        public string? CompanyName { get; init; }
        public string? TimeZone { get; init; }
        public string? ExternalId { get; init; }
        public string? Rep { get; init; }
        public string Metadata { get; init; } = "{}";
        public long CreatedAtMs { get; init; }
        public long? MutedAtMs { get; init; }
        public long HeatKey { get; init; }
        public long? LastEngagedAtMs { get; init; }
        public long Looks { get; init; }
        public long Clicks { get; init; }
        public long Sittings { get; init; }
        public long Refused { get; init; }
        public long? PromptId { get; init; }
        public long? CompanyId { get; init; }
    }

    sealed record CountsRow
    {
        public long ProspectId { get; init; }
        public long Human { get; init; }
        public long Automatic { get; init; }
        public long Unknown { get; init; }
        public long SeenOpens { get; init; }
        public long AppleOpens { get; init; }
    }

    static async Task<Dictionary<long, CountsRow>> CountsAsync(Session session, IEnumerable<long> ids) => (await session.QueryAsync<CountsRow>($"""
        select prospect_id, cast(sum(human_hits) as bigint) as human, cast(sum(automatic_hits) as bigint) as automatic, cast(sum(unknown_hits) as bigint) as unknown,
               cast(sum(seen_opens) as bigint) as seen_opens, cast(sum(apple_opens) as bigint) as apple_opens
        from copies where {session.Dialect.In("prospect_id", "@ids")} group by prospect_id
        """, new { ids = ids.ToArray() })).ToDictionary(r => r.ProspectId);

    // A rep sees the prospects they write to or own.
    const string Select = """
        select p.id, p.email, p.name, p.phone, p.company, p.company_id, co.name as company_name, p.time_zone, p.external_id, r.email as rep, p.metadata, p.created_at_ms, p.muted_at_ms,
               p.heat_key, p.last_engaged_at_ms, p.looks, p.clicks, p.sittings, (select count(*) from refusals f where f.email = p.email) as refused, pt.id as prompt_id
        from prospects p left join companies co on co.id = p.company_id left join reps r on r.id = p.rep_id
        left join prompts pt on pt.prospect_id = p.id and pt.state in ('open', 'snoozed') and (@repId is null or pt.rep_id = @repId)
        where (@repId is null or exists (select 1 from prospect_reps pr where pr.prospect_id = p.id and pr.rep_id = @repId))
        """;

    public static async Task<ProspectView?> FindAsync(Session session, long? id, long? repId, HeatScale scale, DateTimeOffset now) =>
        await session.FirstAsync<Row>(Select + " and p.id = @id", new { id, repId }) is { } row
            ? ToView(row, scale, now, await Obligations.OpenAsync(session, row.Id, repId), (await CountsAsync(session, [row.Id])).GetValueOrDefault(row.Id))
            : null;

    /// <param name="email">Only the prospect with this address; null: all.</param>
    public static async Task<Page<ProspectView>> ListAsync(
        Session session, long? repId, string? email, int limit, Cursor? after, HeatScale scale, DateTimeOffset now)
    {
        var rows = await session.QueryAsync<Row>(
            Select + (email is null ? "" : " and p.email = @email") + " and p.id < @before order by p.id desc limit @limit",
            new { repId, email, before = after?.First ?? long.MaxValue, limit = limit + 1 });
        var owed = new Dictionary<long, IReadOnlyList<ObligationView>>();
        foreach (var row in rows)
        {
            owed[row.Id] = await Obligations.OpenAsync(session, row.Id, repId);
        }
        var counts = await CountsAsync(session, rows.Select(r => r.Id));
        return Paging.Of(rows, limit, r => ToView(r, scale, now, owed[r.Id], counts.GetValueOrDefault(r.Id)), r => new(r.Id));
    }

    static ProspectView ToView(Row row, HeatScale scale, DateTimeOffset now, IReadOnlyList<ObligationView> owed, CountsRow? counts) => new(
        Ids.Text(row.Id), row.Email, row.Name, row.Phone, row.Company ?? row.CompanyName, row.TimeZone, row.ExternalId, row.Rep, MetadataText.Parse(row.Metadata),
        Times.Of(row.CreatedAtMs), scale.HeatAt(row.HeatKey, now), Times.Of(row.LastEngagedAtMs), row.Looks, row.Clicks, row.Sittings, row.MutedAtMs is not null,
        row.Refused > 0, row.PromptId is { } prompt ? Ids.Text(prompt) : null, owed,
        counts?.Human ?? 0, counts?.Automatic ?? 0, counts?.Unknown ?? 0, Domain.Signals.Visibility.Note(counts?.AppleOpens ?? 0, counts?.SeenOpens ?? 0),
        row.CompanyId is { } company ? Ids.Text(company) : null);
}
