using Tracker.Storage;

namespace Tracker.FollowUp.Plans;

public sealed record PlanRow
{
    public long Id { get; init; }
    public long ProspectId { get; init; }
    public long RepId { get; init; }
    public long? DealId { get; init; }
    public string Template { get; init; } = "";
    public string State { get; init; } = "";
    public double CycleDays { get; init; }
    public long StartedAtMs { get; init; }
    public long? PausedUntilMs { get; init; }
    public string? PauseReason { get; init; }
    public long? EndedAtMs { get; init; }
    public string? EndReason { get; init; }

    const string Select = "select id, prospect_id, rep_id, deal_id, template, state, cycle_days, started_at_ms, paused_until_ms, pause_reason, ended_at_ms, end_reason from plans where ";

    /// <summary>The one that runs or pauses; there is one a rep and prospect at most.</summary>
    public static Task<PlanRow?> CurrentAsync(Session session, long prospectId, long repId) =>
        session.FirstAsync<PlanRow>(Select + "prospect_id = @prospectId and rep_id = @repId and state <> 'ended'", new { prospectId, repId });

    public static Task<IReadOnlyList<PlanRow>> OfProspectAsync(Session session, long prospectId, long? repId) => session.QueryAsync<PlanRow>(
        Select + "prospect_id = @prospectId and (@repId is null or rep_id = @repId) order by id desc", new { prospectId, repId });

    public static Task<PlanRow?> FindAsync(Session session, long? id, long? repId) =>
        session.FirstAsync<PlanRow>(Select + "id = @id and (@repId is null or rep_id = @repId)", new { id, repId });

    public static Task<IReadOnlyList<PlanRow>> AllAsync(Session session, IReadOnlyCollection<long> prospects, long? repId) => session.QueryAsync<PlanRow>(
        Select + $"state <> 'ended' and (@repId is null or rep_id = @repId) and {session.Dialect.In("prospect_id", "@ids")}", new { repId, ids = prospects.ToArray() });
}

public sealed record PlanTouchRow
{
    public long Id { get; init; }
    public long PlanId { get; init; }
    public string PlannedKind { get; init; } = "";
    public long PlannedAtMs { get; init; }
    public string Kind { get; init; } = "";
    public string? AlsoKind { get; init; }
    public long DueAtMs { get; init; }
    public string Reason { get; init; } = "";
    public string State { get; init; } = "";
    public string? Changed { get; init; }
    public long? TouchId { get; init; }
    public string? DoneKind { get; init; }
    public string? DoneOutcome { get; init; }
    public long? DoneAtMs { get; init; }

    public static Task<IReadOnlyList<PlanTouchRow>> OfAsync(Session session, long planId) => session.QueryAsync<PlanTouchRow>("""
        select p.id, p.plan_id, p.planned_kind, p.planned_at_ms, p.kind, p.also_kind, p.due_at_ms, p.reason, p.state, p.changed, p.touch_id,
               t.kind as done_kind, t.outcome as done_outcome, t.at_ms as done_at_ms
        from plan_touches p left join touches t on t.id = p.touch_id where p.plan_id = @planId order by p.due_at_ms, p.id
        """, new { planId });
}
