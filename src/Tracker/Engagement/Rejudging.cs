using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>Something was learned about a mail after its hits had been judged: when it was sent, or that the rep was reading it.</summary>
public static class Rejudging
{
    /// <summary>Puts the copies of the message among those whose decision is due, so that the projector judges them again within a second.</summary>
    public static Task<int> AskAsync(Session session, long messageId, DateTimeOffset now) => session.ExecuteAsync("""
        insert into held_hits (hit_id, copy_id, due_at_ms)
        select last_hit_id, id, @now from copies where message_id = @messageId and last_hit_id is not null
        on conflict (hit_id) do update set due_at_ms = excluded.due_at_ms
        """, new { messageId, now = now.Ms() });
}
