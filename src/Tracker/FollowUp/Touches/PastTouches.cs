using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Touches;

/// <summary>What went on with some prospects, for decisions: the whole team's touches, since the prospect feels all of them.</summary>
public static class PastTouches
{
    /// <summary>More than this tells no rule anything.</summary>
    const int Most = 30;

    sealed record Row
    {
        public long ProspectId { get; init; }
        public string Kind { get; init; } = "";
        public string? AlsoKind { get; init; }
        public long AtMs { get; init; }
        public long Answered { get; init; }
        public string? Reason { get; init; }
        public long Theirs { get; init; }
    }

    // Whoever wrote back has answered what went before it, though no touch of ours shows that.
    const string Answered =
        "case when t.answered = 1 or t.at_ms <= (select f.answered_at_ms from follow_ups f where f.prospect_id = t.prospect_id) then 1 else 0 end as answered";

    /// <returns>Newest first.</returns>
    public static async Task<ILookup<long, PastTouch>> LoadAsync(Session session, IReadOnlyCollection<long> prospects) => prospects.Count == 0
        ? Array.Empty<Row>().ToLookup(r => r.ProspectId, ToTouch)
        : (await session.QueryAsync<Row>($"""
            select prospect_id, kind, also_kind, at_ms, {Answered}, reason, theirs
            from (select t.prospect_id, t.kind, t.also_kind, t.at_ms, t.answered, t.reason, t.theirs, t.id, row_number() over (partition by prospect_id order by at_ms desc, id desc) as newest from touches t
                  where {session.Dialect.In("prospect_id", "@ids")}) t
            where newest <= {Most} order by prospect_id, at_ms desc, id desc
            """, new { ids = prospects.ToArray() })).ToLookup(r => r.ProspectId, ToTouch);

    /// <returns>Newest first.</returns>
    public static async Task<IReadOnlyList<PastTouch>> OfAsync(Session session, long prospectId) => [.. (await session.QueryAsync<Row>(
        $"select prospect_id, kind, also_kind, at_ms, {Answered}, reason, theirs from touches t where prospect_id = @prospectId order by at_ms desc, id desc limit {Most}", new { prospectId })).Select(ToTouch)];

    /// <summary>The touch that is being recorded, as the next decision sees it.</summary>
    public static PastTouch Of(NewTouch touch) =>
        new(touch.Kind, touch.At, touch.Theirs || Outcomes.IsAnswer(touch.Outcome), !touch.Theirs && ReasonRules.IsCheckIn(touch.Kind, touch.Reason), touch.Also);

    static PastTouch ToTouch(Row row)
    {
        var kind = TouchKinds.Parse(row.Kind) ?? TouchKind.Call;
        return new(kind, Web.Times.Of(row.AtMs), row.Answered != 0, row.Theirs == 0 && ReasonRules.IsCheckIn(kind, row.Reason), TouchKinds.Parse(row.AlsoKind));
    }

    /// <summary>Whether the same kind of touch with the same reason went to them within a year.</summary>
    public static async Task<bool> ReasonUsedAsync(Session session, long prospectId, string kind, string? reason, DateTimeOffset now) => reason is not null && await session.ScalarAsync<long>(
        "select count(*) from touches where prospect_id = @prospectId and kind = @kind and reason = @reason and at_ms > @since and theirs = 0",
        new { prospectId, kind, reason, since = (now - Guard.SameReason).Ms() }) > 0;
}
