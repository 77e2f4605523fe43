using System.Globalization;
using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Today;

/// <summary>Deals that are not on the way they should be.</summary>
static class DealLists
{
    /// <summary>So many are told; the count says how many there are.</summary>
    const int Told = 20;

    const long DayMs = 86_400_000;

    sealed record Row
    {
        public long Id { get; init; }
        public long ProspectId { get; init; }
        public string Stage { get; init; } = "";
        public long StageSinceMs { get; init; }
        public long ValueCents { get; init; }
        public string Email { get; init; } = "";
        public string? Name { get; init; }
        public string? Company { get; init; }
        public long? LastTouchAtMs { get; init; }
        public long Moved { get; init; }
        public long Total { get; init; }
    }

    /// <summary>Where the rep waits for the customer, the most valuable first.</summary>
    public static async Task<(long Count, IReadOnlyList<WaitingView> Items)> WaitingAsync(Session session, long? repId, DateTimeOffset now)
    {
        var usual = string.Join(' ', Stages.All.Where(s => !Stages.IsClosed(s.Stage)).Select(s => string.Create(CultureInfo.InvariantCulture, $"when '{Names.Of(s.Stage)}' then {(s.UsualDays + 1) * DayMs}")));
        var rows = await session.QueryAsync<Row>($"""
            select d.*, p.email, p.name, p.company from (
            select d.id, d.prospect_id, d.stage, d.stage_since_ms, d.value_cents, f.last_touch_at_ms, coalesce(m.moved, 0) as moved, count(*) over () as total
            from deals d left join follow_ups f on f.prospect_id = d.prospect_id
            left join (select prospect_id, max(moved) as moved from obligations where settled_at_ms is null and moved >= {Waiting.MovesThatTell} {(repId is null ? "" : "and rep_id = @repId")} group by prospect_id) m
                on m.prospect_id = d.prospect_id
            where d.closed_at_ms is null {(repId is null ? "" : "and d.rep_id = @repId")} and coalesce(f.state, 'live') = 'live'
              and (m.moved is not null or @now - case when f.last_touch_at_ms > d.stage_since_ms then f.last_touch_at_ms else d.stage_since_ms end >= case d.stage {usual} else 0 end)
            order by d.value_cents desc, d.id limit {Told}) d join prospects p on p.id = d.prospect_id order by d.value_cents desc, d.id
            """, new { repId, now = now.Ms() });
        return (rows.Count == 0 ? 0 : rows[0].Total,
        [
            .. rows.Select(r => new WaitingView(
                Ids.Text(r.ProspectId), Ids.Text(r.Id), r.Email, r.Name, r.Company, r.Stage, r.ValueCents / 100m,
                Waiting.OnThem(Names.Parse<Stage>("stage", r.Stage), Times.Of(r.StageSinceMs), Times.Of(r.LastTouchAtMs), (int)r.Moved, now) ?? "no touch of ours for long")),
        ]);
    }

    /// <summary>Live prospects to whom nothing dated is owed. There are none, or the program is wrong; so it is asked every time.</summary>
    public static async Task<(long Count, IReadOnlyList<OrphanView> Items)> OrphansAsync(Session session, long? repId)
    {
        var rows = await session.QueryAsync<Row>($"""
            select d.id, d.prospect_id, d.stage, p.email, p.name, count(*) over () as total
            from deals d join prospects p on p.id = d.prospect_id left join follow_ups f on f.prospect_id = d.prospect_id
            where d.closed_at_ms is null {(repId is null ? "" : "and d.rep_id = @repId")} and coalesce(f.state, 'live') = 'live'
              and not exists (select 1 from obligations o where o.prospect_id = d.prospect_id and o.settled_at_ms is null)
            order by d.id limit {Told}
            """, new { repId });
        return (rows.Count == 0 ? 0 : rows[0].Total, [.. rows.Select(r => new OrphanView(Ids.Text(r.ProspectId), Ids.Text(r.Id), r.Email, r.Name, r.Stage))]);
    }
}
