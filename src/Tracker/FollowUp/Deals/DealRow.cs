using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Deals;

public sealed record DealRow
{
    public long Id { get; init; }
    public long ProspectId { get; init; }
    public long RepId { get; init; }
    public string? Rep { get; init; }
    public string Email { get; init; } = "";
    public string? Name { get; init; }
    public string? Company { get; init; }
    public string? Title { get; init; }
    public long ValueCents { get; init; }
    public string StageName { get; init; } = "";
    public long StageSinceMs { get; init; }
    public long? MeetingAtMs { get; init; }
    public long? ReviewAtMs { get; init; }
    public long ReviewSkipped { get; init; }
    public long? AskAgainAtMs { get; init; }
    public string? ClosingReason { get; init; }
    public long CreatedAtMs { get; init; }
    public long? ClosedAtMs { get; init; }
    public long Minutes { get; init; }
    public long Touches { get; init; }

    public Stage Stage => Names.Parse<Stage>("stage", StageName);

    public const string Select = """
        select d.id, d.prospect_id, d.rep_id, r.email as rep, p.email, p.name, coalesce(p.company, co.name) as company, d.title, d.value_cents, d.stage as stage_name, d.stage_since_ms,
               d.meeting_at_ms, d.review_at_ms, d.review_skipped, d.ask_again_at_ms, d.closing_reason, d.created_at_ms, d.closed_at_ms,
               (select coalesce(cast(sum(minutes) as bigint), 0) from touches t where t.deal_id = d.id) as minutes, (select count(*) from touches t where t.deal_id = d.id) as touches
        from deals d join prospects p on p.id = d.prospect_id left join companies co on co.id = p.company_id join reps r on r.id = d.rep_id
        where
        """;

    public static Task<DealRow?> FindAsync(Session session, long? id, long? repId) =>
        session.FirstAsync<DealRow>(Select + " d.id = @id and (@repId is null or d.rep_id = @repId)", new { id, repId });

    /// <summary>The open one, the newest where there are several; else the newest that is closed.</summary>
    public static Task<DealRow?> CurrentAsync(Session session, long prospectId, long? repId) => session.FirstAsync<DealRow>(
        Select + " d.prospect_id = @prospectId and (@repId is null or d.rep_id = @repId) order by case when d.closed_at_ms is null then 0 else 1 end, d.id desc limit 1", new { prospectId, repId });

    public DealView ToView() => new(
        Ids.Text(Id), Ids.Text(ProspectId), Email, Name, Company, Rep, Title, ValueCents / 100m, StageName, Stages.Of(Stage).Label, Web.Times.Of(StageSinceMs), Web.Times.Of(MeetingAtMs),
        Web.Times.Of(ReviewAtMs), ReviewSkipped != 0, Web.Times.Of(AskAgainAtMs), ClosingReason, Web.Times.Of(CreatedAtMs), Web.Times.Of(ClosedAtMs), Minutes, Touches);
}

/// <param name="Stage">lead, meetingAgreed, met, itemsAsked, itemsReceived, proposalSent, deciding, won, lost or notNow.</param>
/// <param name="Value">What they are worth, in the team's currency.</param>
/// <param name="Chasing">True when the proposal went out without a date to review it: you will be chasing.</param>
/// <param name="Minutes">Invested in conversations.</param>
/// <param name="Touches">Every contact, ours and theirs.</param>
public sealed record DealView(
    string Id, string ProspectId, string Email, string? Name, string? Company, string? Rep, string? Title, decimal Value, string Stage, string StageLabel, DateTimeOffset StageSince,
    DateTimeOffset? MeetingAt, DateTimeOffset? ReviewAt, bool Chasing, DateTimeOffset? AskAgainAt, string? ClosingReason, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt, long Minutes, long Touches);
