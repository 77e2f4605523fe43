using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>
/// When reps had a mail's thread open. The proxy of a rep's mailbox fetches the same bytes as the recipient's, so only this tells the rep's look apart.
/// </summary>
public sealed class ThreadViews
{
    /// <summary>The picture may be fetched before we hear of the view; Kilroy's mail tracker reaches back 20 s.</summary>
    static readonly TimeSpan ReachBack = TimeSpan.FromSeconds(20);

    /// <summary>And for so long after it; Kilroy counts 25 s.</summary>
    static readonly TimeSpan ReachOn = TimeSpan.FromSeconds(25);

    /// <summary>The projector is never further behind than the journal was drained; a day covers an outage.</summary>
    static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    sealed record Row
    {
        public long MessageId { get; init; }
        public long FromMs { get; init; }
        public long ToMs { get; init; }
    }

    readonly ILookup<long, Row> _views;

    ThreadViews(IEnumerable<Row> rows) => _views = rows.ToLookup(r => r.MessageId);

    public static async Task<ThreadViews> LoadAsync(Session session, IReadOnlyCollection<long> messages) => new(messages.Count == 0 ? [] :
        await session.QueryAsync<Row>("select message_id, from_ms, to_ms from thread_views where " + session.Dialect.In("message_id", "@messages"), new { messages = messages.ToArray() }));

    /// <summary>Only where nothing surer says that the visit was the rep's.</summary>
    public Hit Mark(Hit hit, long messageId) =>
        hit.OwnVisit == OwnVisit.None && _views[messageId].Any(v => hit.At.Ms() >= v.FromMs && hit.At.Ms() <= v.ToMs) ? hit with { OwnVisit = OwnVisit.Thread } : hit;

    /// <summary>Notes a view, and has the hits that came just before it judged again.</summary>
    public static async Task NoteAsync(Session session, long messageId, DateTimeOffset at, DateTimeOffset now)
    {
        var (from, to) = ((at - ReachBack).Ms(), (at + ReachOn).Ms());
        await session.ExecuteAsync("delete from thread_views where to_ms < @before", new { before = (now - Kept).Ms() });
        await session.ExecuteAsync("insert into thread_views (message_id, from_ms, to_ms) values (@messageId, @from, @to)", new { messageId, from, to });
        var copies = await session.QueryAsync<long>("select id from copies where message_id = @messageId and last_hit_id is not null", new { messageId });
        var hits = (await HitRow.RecentAsync(session, [.. copies])).SelectMany(h => h).Where(h => h.AtMs >= from && h.AtMs <= to && h.OwnVisit == (long)OwnVisit.None && !h.IsReduced);
        foreach (var hit in hits.ToList())
        {
            await session.ExecuteAsync("update hits set own_visit = @thread where id = @id", new { id = hit.Id, thread = (long)OwnVisit.Thread });
        }
        await Rejudging.AskAsync(session, messageId, now);
    }
}
