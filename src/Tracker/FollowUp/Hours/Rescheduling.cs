using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Hours;

/// <summary>Moves what is planned off the days that the rep does not work.</summary>
public static class Rescheduling
{
    sealed record Row
    {
        public long Id { get; init; }
        public long? ObligationId { get; init; }
        public long DueAtMs { get; init; }
    }

    /// <summary>Touches of plans only: a date that was agreed with the prospect is theirs to move.</summary>
    public static async Task OffDaysAsync(Session session, long repId)
    {
        var rep = await RepTimes.LoadAsync(session, repId);
        var planned = await session.QueryAsync<Row>("""
            select t.id, o.id as obligation_id, t.due_at_ms from plan_touches t join plans p on p.id = t.plan_id
            left join obligations o on o.prospect_id = p.prospect_id and o.plan_touch_id = t.id and o.settled_at_ms is null
            where p.rep_id = @repId and p.state <> 'ended' and t.state = 'planned'
            """, new { repId });
        foreach (var touch in planned)
        {
            var due = Slots.WorkingDay(Times.Of(touch.DueAtMs), rep);
            if (due.Ms() != touch.DueAtMs)
            {
                await session.ExecuteAsync("update plan_touches set due_at_ms = @due where id = @id", new { id = touch.Id, due = due.Ms() });
                await session.ExecuteAsync("update obligations set due_at_ms = @due where id = @id", new { id = touch.ObligationId, due = due.Ms() });
            }
        }
    }
}
