using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>Prospects' engagements, read back from their hits.</summary>
public static class EngagementHistory
{
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

    /// <summary>When prospects have answered, as far as that is certain.</summary>
    public static async Task<ILookup<long, DateTimeOffset>> RepliesAsync(Session session, long[] prospects) => (await session.ReadAsync(
        $"select prospect_id, at_ms from answers where {session.Dialect.In("prospect_id", "@prospects")} and kind = 'reply' and certain = 1", new { prospects },
        r => (Prospect: r.GetInt64(0), At: Times.Of(r.GetInt64(1))))).ToLookup(r => r.Prospect, r => r.At);

    /// <returns>By prospect, oldest first.</returns>
    public static async Task<ILookup<long, EngagementFact>> OfAsync(Session session, long[] prospects)
    {
        var rows = await session.ReadAsync($"""
            with recursive chain (id, previous_id, copy_id, kind, link, at_ms, verdict) as (
                select h.id, h.previous_id, h.copy_id, h.kind, h.link, h.at_ms, h.verdict from copies c join hits h on h.id = c.last_hit_id where {session.Dialect.In("c.prospect_id", "@prospects")}
                union all
                select h.id, h.previous_id, h.copy_id, h.kind, h.link, h.at_ms, h.verdict from chain join hits h on h.id = chain.previous_id)
            select id, copy_id, kind, link, at_ms from chain where verdict = @human order by at_ms, id
            """, new { prospects, human = (long)Verdict.Human },
            r => (Id: r.GetInt64(0), CopyId: r.GetInt64(1), Kind: (HitKind)r.GetInt64(2), Link: (int?)r.Whole(3), At: Times.Of(r.GetInt64(4))));
        var copies = (await CopyRow.ByIdAsync(session, [.. rows.Select(r => r.CopyId).Distinct()])).ToDictionary(c => c.Id);
        return rows.Select(r => new EngagementFact(copies[r.CopyId], r.Id, r.Kind, r.Link, r.At)).ToLookup(f => f.Copy.ProspectId);
    }
}
