using Tracker.Domain.Signals;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>How a text that went to several people does.</summary>
/// <param name="Sent">People it went to, tracked.</param>
/// <param name="Read">Of them, who read it, as far as can be seen: a click implies a look.</param>
/// <param name="Clicked">Of them, who followed a link.</param>
public sealed record TextRates(long Sent, long Read, long Clicked)
{
    /// <summary>Of a text sent to more people than this the latest are counted.</summary>
    const int MostCopies = 2000;

    sealed record Row
    {
        public long Sent { get; init; }
        public long Read { get; init; }
        public long Clicked { get; init; }
    }

    /// <summary>Counts people, not hits, over every mail of the rep with the same text as this one.</summary>
    /// <returns>Null when the message has no text to compare, such as a pasted link.</returns>
    public static async Task<TextRates?> OfMessageAsync(Session session, long messageId)
    {
        var row = await session.FirstAsync<Row>("""
            with recursive same (copy_id, prospect_id, human_hits, last_hit_id) as (
                select c.id, c.prospect_id, c.human_hits, c.last_hit_id from messages one
                join messages m on m.text_fingerprint = one.text_fingerprint and m.rep_id = one.rep_id
                join copies c on c.message_id = m.id
                where one.id = @messageId and one.text_fingerprint <> '' and c.instrumented = 1 order by c.id desc limit @most),
            chain (prospect_id, id, previous_id) as (
                select s.prospect_id, h.id, h.previous_id from same s join hits h on h.id = s.last_hit_id
                union all
                select chain.prospect_id, h.id, h.previous_id from chain join hits h on h.id = chain.previous_id)
            select (select count(distinct prospect_id) from same) as sent, (select count(distinct prospect_id) from same where human_hits > 0) as read,
                   (select count(distinct chain.prospect_id) from chain join hits h on h.id = chain.id where h.kind = @click and h.verdict = @human) as clicked
            """, new { messageId, most = MostCopies, click = (long)HitKind.Click, human = (long)Verdict.Human });
        return row is { Sent: > 0 } ? new(row.Sent, row.Read, row.Clicked) : null;
    }
}
