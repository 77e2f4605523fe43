using System.Text.Json;
using System.Text.Json.Nodes;
using Tracker.Domain.Signals;
using Tracker.Outbound;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>One hit as a message's timeline tells it.</summary>
public sealed record TimelineHit(
    string HitId, string CopyId, string ProspectId, string Recipient, string Kind, int? Link, string? LinkLabel, DateTimeOffset At, string Verdict, IReadOnlyList<string> Reasons);

/// <summary>One thing that happened with a prospect; <c>data</c> depends on the type: message, hit, prompt, touch or a deal's move.</summary>
public sealed record TimelineItem(string Type, DateTimeOffset At, JsonNode Data);

/// <summary>What happened, read back from hits, messages and prompts.</summary>
public static class Timelines
{
    sealed record HitRow
    {
        public long Id { get; init; }
        public long CopyId { get; init; }
        public long MessageId { get; init; }
        public long ProspectId { get; init; }
        public string Recipient { get; init; } = "";
        public string Subject { get; init; } = "";
        public long Kind { get; init; }
        public long? Link { get; init; }
        public long AtMs { get; init; }
        public long Verdict { get; init; }
        public string Reasons { get; init; } = "[]";
    }

    /// <summary>Of a copy the latest so many hits are told: nobody reads that often, and a copy that a program fetches without end must not cost every look at it a walk without end.</summary>
    public const int MostOfCopy = 10_000;

    // Walks the chains of some copies; what picks the copies and what follows is the caller's.
    static string Chain(string copies, string condition) => $"""
        with recursive chain (id, previous_id, place) as (
            select h.id, h.previous_id, 1 from copies c join messages m on m.id = c.message_id join hits h on h.id = c.last_hit_id where {copies}
            union all
            select h.id, h.previous_id, chain.place + 1 from chain join hits h on h.id = chain.previous_id where chain.place < {MostOfCopy})
        select h.id, h.copy_id, c.message_id, c.prospect_id, c.recipient, m.subject, h.kind, h.link, h.at_ms, h.verdict, r.texts as reasons
        from chain join hits h on h.id = chain.id join copies c on c.id = h.copy_id join messages m on m.id = c.message_id join reasons r on r.id = h.reason_id
        where {condition}
        """;

    /// <summary>A message's hits, oldest first.</summary>
    public static async Task<Page<TimelineHit>> OfMessageAsync(Session session, long messageId, int limit, Cursor? after)
    {
        var rows = await session.QueryAsync<HitRow>(
            Chain("c.message_id = @messageId", "(h.at_ms > @at or (h.at_ms = @at and h.id > @id)) order by h.at_ms, h.id limit @limit"),
            new { messageId, at = after?.First ?? long.MinValue, id = after?.Second ?? long.MinValue, limit = limit + 1 });
        var links = await LinkNames.LoadAsync(session, [messageId]);
        return Paging.Of(rows, limit, r => ToHit(r, links), r => new(r.AtMs, r.Id));
    }

    static TimelineHit ToHit(HitRow row, LinkNames links) => new(
        Ids.Text(row.Id), Ids.Text(row.CopyId), Ids.Text(row.ProspectId), row.Recipient, VerdictText.Of((HitKind)row.Kind), (int?)row.Link,
        row.Link is { } link ? links.Of(row.MessageId, link) : null, Times.Of(row.AtMs), VerdictText.Of((Verdict)row.Verdict), JsonSerializer.Deserialize<string[]>(row.Reasons)!);

    sealed record EventRow
    {
        public long Id { get; init; }
        public long AtMs { get; init; }
        public string Subject { get; init; } = "";
        public string Kind { get; init; } = "";
        public string State { get; init; } = "";
        public string? Outcome { get; init; }
        public string? Note { get; init; }
        public string Reasons { get; init; } = "[]";
    }

    static Task<IReadOnlyList<EventRow>> TouchesAsync(Session session, object parameters) => session.QueryAsync<EventRow>($"""
        select id, at_ms, kind, outcome, note from touches where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and {Before("at_ms", "id", TouchSource)} order by at_ms desc, id desc limit @limit
        """, parameters);

    static Task<IReadOnlyList<EventRow>> MovesAsync(Session session, object parameters) => session.QueryAsync<EventRow>($"""
        select m.id, m.at_ms, coalesce(m.from_stage, '') as kind, m.to_stage as state, m.note from deal_moves m join deals d on d.id = m.deal_id
        where d.prospect_id = @prospectId and (@repId is null or d.rep_id = @repId) and {Before("m.at_ms", "m.id", MoveSource)} order by m.at_ms desc, m.id desc limit @limit
        """, parameters);

    static string Before(string at, string id, int source) => $"({at} < @at or ({at} = @at and {id} * {Sources} + {source} < @second))";

    // The order of things that happened in the same millisecond, newest first, and the second half of the cursor: id × 8 + source.
    const int Sources = 8, MessageSource = 0, HitSource = 1, PromptSource = 2, ClosedSource = 3, TouchSource = 4, MoveSource = 5;

    /// <summary>Everything that happened with a prospect, newest first; a rep sees what is theirs.</summary>
    public static async Task<Page<TimelineItem>> OfProspectAsync(Session session, long prospectId, long? repId, int limit, Cursor? after)
    {
        var parameters = new { prospectId, repId, at = after?.First ?? long.MaxValue, second = after?.Second ?? long.MaxValue, limit = limit + 1 };
        var hits = await session.QueryAsync<HitRow>(
            Chain("c.prospect_id = @prospectId and (@repId is null or m.rep_id = @repId)", Before("h.at_ms", "h.id", HitSource) + " order by h.at_ms desc, h.id desc limit @limit"), parameters);
        var messages = await session.QueryAsync<EventRow>($"""
            select m.id, coalesce(m.sent_at_ms, m.created_at_ms) as at_ms, m.subject, m.kind from copies c join messages m on m.id = c.message_id
            where c.prospect_id = @prospectId and (@repId is null or m.rep_id = @repId) and {Before("coalesce(m.sent_at_ms, m.created_at_ms)", "m.id", MessageSource)}
            order by at_ms desc, m.id desc limit @limit
            """, parameters);
        var raised = await session.QueryAsync<EventRow>($"""
            select id, raised_at_ms as at_ms, state, reasons from prompts where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and {Before("raised_at_ms", "id", PromptSource)}
            order by at_ms desc, id desc limit @limit
            """, parameters);
        var closed = await session.QueryAsync<EventRow>($"""
            select id, closed_at_ms as at_ms, state, outcome, note, reasons from prompts
            where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and closed_at_ms is not null and {Before("closed_at_ms", "id", ClosedSource)} order by at_ms desc, id desc limit @limit
            """, parameters);
        var links = await LinkNames.LoadAsync(session, [.. hits.Select(h => h.MessageId).Distinct()]);
        var all = hits.Select(h => Event(h.AtMs, h.Id, HitSource, "hit", ToHit(h, links)))
            .Concat(messages.Select(m => Event(m.AtMs, m.Id, MessageSource, "message", new { messageId = Ids.Text(m.Id), m.Subject, m.Kind })))
            .Concat(raised.Select(p => Event(p.AtMs, p.Id, PromptSource, "prompt.raised", new { promptId = Ids.Text(p.Id), p.State, reasons = JsonNode.Parse(p.Reasons) })))
            .Concat((await TouchesAsync(session, parameters)).Select(t => Event(t.AtMs, t.Id, TouchSource, "touch", new { touchId = Ids.Text(t.Id), t.Kind, t.Outcome, t.Note })))
            .Concat((await MovesAsync(session, parameters)).Select(m => Event(m.AtMs, m.Id, MoveSource, "deal.moved", new { from = m.Kind.Length == 0 ? null : m.Kind, to = m.State, m.Note })))
            .Concat(closed.Select(p => Event(p.AtMs, p.Id, ClosedSource, "prompt.closed", new { promptId = Ids.Text(p.Id), p.State, p.Outcome, p.Note })))
            .OrderByDescending(e => e.Order.First).ThenByDescending(e => e.Order.Second).Take(limit + 1).ToList();
        return Paging.Of(all, limit, e => e.Item, e => e.Order);
    }

    static (Cursor Order, TimelineItem Item) Event(long atMs, long id, int source, string type, object data) =>
        (new(atMs, id * Sources + source), new(type, Times.Of(atMs), JsonSerializer.SerializeToNode(data, ApiJson.Options)!));
}
