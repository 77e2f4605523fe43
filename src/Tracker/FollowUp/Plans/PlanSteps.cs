using Tracker.Domain.FollowUp;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Touches;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Plans;

/// <summary>How a plan goes on after a touch.</summary>
public static class PlanSteps
{
    /// <summary>What was planned for about now is done by the touch, also when that is of another kind: both are kept.</summary>
    public static async Task DoneAsync(Session session, PlanRow plan, NewTouch touch, long touchId, DateTimeOffset now)
    {
        var next = (await PlanTouchRow.OfAsync(session, plan.Id)).FirstOrDefault(t => t.State == "planned");
        if (next is null || Times.Of(next.DueAtMs) > now + TouchBook.DoneAhead)
        {
            return;
        }
        await session.ExecuteAsync("update plan_touches set state = 'done', touch_id = @touchId where id = @id", new { id = next.Id, touchId });
        await session.ExecuteAsync("update touches set plan_touch_id = @plan, reason = coalesce(reason, @reason) where id = @touchId", new { plan = next.Id, touchId, reason = next.Reason });
    }

    /// <summary>The plan's next touch, with its kind switched where the planned one does not work, is owed from now on.</summary>
    public static async Task<NextStep> GoOnAsync(Session session, PlanRow plan, Person person, NewTouch touch, DateTimeOffset now)
    {
        if (plan.State == "paused")
        {
            await PlanBook.ResumeAsync(session, plan, NextSteps.BusinessDayAfter(now, 1));
        }
        else
        {
            await PlanBook.ShiftAsync(session, plan, now + Guard.LeastGap, now);
        }
        if (touch.Outcome is Outcome.NotNow or Outcome.WillCallUs)
        {
            // The plan waits for the day that they, or we for them, have put it off to.
            await PlanBook.ShiftAsync(session, plan, NextSteps.Default(touch.Outcome, now).At!.Value, now);
        }
        var next = await PlanBook.OweNextAsync(session, plan, now, touch.PromptId);
        next = await SwitchAsync(session, plan, person, next, now, touch.PromptId);
        return new(next.Kind, Times.Of(next.DueAtMs), next.Reason);
    }

    static async Task<PlanTouchRow> SwitchAsync(Session session, PlanRow plan, Person person, PlanTouchRow next, DateTimeOffset now, long? promptId)
    {
        var decision = await DecideAsync(session, plan, person, next, now);
        if (decision.Action != PlanAction.Touch || TouchKinds.Name(decision.Kind) == next.Kind)
        {
            return next;
        }
        var calendar = await PlanCalendar.LoadAsync(session, person, plan.RepId);
        await session.ExecuteAsync(
            "update plan_touches set kind = @kind, due_at_ms = @due, changed = @why where id = @id",
            new { id = next.Id, kind = TouchKinds.Name(decision.Kind), due = calendar.Slot(decision.Kind, Times.Of(next.DueAtMs), null).Ms(), why = decision.Why });
        return await PlanBook.OweNextAsync(session, plan, now, promptId);
    }

    /// <summary>What the plan's rules say of its next touch, from what is on record.</summary>
    public static async Task<PlanDecision> DecideAsync(Session session, PlanRow plan, Person person, PlanTouchRow next, DateTimeOffset now)
    {
        var past = (await PastTouches.LoadAsync(session, [person.Id]))[person.Id].ToList();
        var read = person.LastEngagedAtMs >= plan.StartedAtMs;
        var colleague = !read && person.CompanyId is not null && await session.ScalarAsync<long>(
            "select count(*) from prospects where company_id = @company and id <> @id and last_engaged_at_ms >= @since", new { company = person.CompanyId, id = person.Id, since = plan.StartedAtMs }) > 0;
        return PlanRules.Decide(new()
        {
            Now = now, IsForItems = plan.Template == PlanTemplates.AwaitingItems, Planned = TouchKinds.Parse(next.Kind) ?? TouchKind.Call, SaidStop = person.IsStopped,
            SaidReady = plan.EndReason == "ready", Replied = person.RepliedAtMs is not null, AwayUntil = person.AwayUntil, MailFails = person.MailFails != 0,
            AgreedLater = plan.State == "paused" ? Times.Of(plan.PausedUntilMs) : null, NothingRead = !read, ColleagueReads = colleague, Past = past,
        });
    }
}
