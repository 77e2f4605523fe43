using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <summary>What the part that reads incoming mail tells follow-up. Each call belongs into the transaction that stores the mail, so that both happen or neither.</summary>
public static class AnswersHeard
{
    /// <summary>They wrote back: answering them is owed by the next business day.</summary>
    public static Task RepliedAsync(Session session, long prospectId, DateTimeOffset at, DateTimeOffset now) =>
        OweAsync(session, prospectId, NextStep.Email, "answer their mail", at, now);

    /// <summary>They are away; what is owed before then waits until they are back.</summary>
    /// <param name="until">Null: it did not say.</param>
    public static Task AwayAsync(Session session, long prospectId, DateTimeOffset? until, DateTimeOffset at, DateTimeOffset now) => until is not { } back
        ? Task.CompletedTask
        : session.ExecuteAsync("update obligations set due_at_ms = @back where prospect_id = @prospectId and settled_at_ms is null and due_at_ms < @back",
            new { prospectId, back = NextSteps.BusinessDayAfter(back, 0).Ms() });

    /// <summary>Mail to the address fails for good: a person has to be called for another one.</summary>
    public static Task BouncedAsync(Session session, long prospectId, DateTimeOffset at, DateTimeOffset now) =>
        OweAsync(session, prospectId, NextStep.Call, "our mail does not reach them: ask for the right address", at, now);

    static Task<int> OweAsync(Session session, long prospectId, string kind, string reason, DateTimeOffset at, DateTimeOffset now) => session.ExecuteAsync("""
        insert into obligations (prospect_id, rep_id, kind, reason, due_at_ms, created_at_ms)
        select p.id, p.rep_id, @kind, @reason, @due, @now from prospects p where p.id = @prospectId and p.rep_id is not null
        and not exists (select 1 from obligations o where o.prospect_id = p.id and o.rep_id = p.rep_id and o.reason = @reason and o.settled_at_ms is null)
        """, new { prospectId, kind, reason, due = NextSteps.BusinessDayAfter(at, 1).Ms(), now = now.Ms() });
}
