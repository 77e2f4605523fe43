using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>A prospect's engagements, read back from their hits.</summary>
public static class EngagementHistory
{
    sealed record Row
    {
        public long Id { get; init; }
        public long CopyId { get; init; }
        public long Kind { get; init; }
        public long? Link { get; init; }
        public long AtMs { get; init; }
    }

    /// <summary>How far back a copy's hits are looked through for an earlier look.</summary>
    const int MostLookedThrough = 500;

    /// <summary>Whether a person looked at this copy before the given moment.</summary>
    public static async Task<bool> LookedBeforeAsync(Session session, long copyId, DateTimeOffset before) => await session.ScalarAsync<long>("""
        with recursive chain (id, previous_id, at_ms, verdict, depth) as (
            select h.id, h.previous_id, h.at_ms, h.verdict, 1 from copies c join hits h on h.id = c.last_hit_id where c.id = @copyId
            union all
            select h.id, h.previous_id, h.at_ms, h.verdict, chain.depth + 1 from chain join hits h on h.id = chain.previous_id where chain.depth < @most)
        select count(*) from chain where verdict = @human and at_ms < @before
        """, new { copyId, most = MostLookedThrough, human = (long)Verdict.Human, before = before.Ms() }) > 0;

    /// <summary>When the prospect has answered, as far as that is certain.</summary>
    public static async Task<IEnumerable<DateTimeOffset>> RepliesAsync(Session session, long prospectId) =>
        (await session.QueryAsync<long>("select at_ms from answers where prospect_id = @prospectId and kind = 'reply' and certain = 1", new { prospectId })).Select(Times.Of);

    /// <returns>Oldest first.</returns>
    public static async Task<IReadOnlyList<EngagementFact>> OfAsync(Session session, long prospectId)
    {
        var rows = await session.QueryAsync<Row>("""
            with recursive chain (id, previous_id) as (
                select h.id, h.previous_id from copies c join hits h on h.id = c.last_hit_id where c.prospect_id = @prospectId
                union all
                select h.id, h.previous_id from chain join hits h on h.id = chain.previous_id)
            select h.id, h.copy_id, h.kind, h.link, h.at_ms from chain join hits h on h.id = chain.id where h.verdict = @human order by h.at_ms, h.id
            """, new { prospectId, human = (long)Verdict.Human });
        var copies = (await CopyRow.ByIdAsync(session, [.. rows.Select(r => r.CopyId).Distinct()])).ToDictionary(c => c.Id);
        return [.. rows.Select(r => new EngagementFact(copies[r.CopyId], r.Id, (HitKind)r.Kind, (int?)r.Link, Times.Of(r.AtMs)))];
    }
}
