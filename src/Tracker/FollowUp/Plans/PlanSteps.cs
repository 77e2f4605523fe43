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
    /// <returns>The plan's touches as they are now, in order of time.</returns>
    public static async Task<IReadOnlyList<PlanTouchRow>> DoneAsync(Session session, PlanRow plan, NewTouch touch, long touchId, DateTimeOffset now)
    {
        var touches = await PlanTouchRow.OfAsync(session, plan.Id);
        var next = touches.FirstOrDefault(t => t.State == "planned");
        if (next is null || Times.Of(next.DueAtMs) > now + TouchBook.DoneAhead)
        {
            return touches;
        }
        await session.ExecuteAsync("update plan_touches set state = 'done', touch_id = @touchId where id = @id", new { id = next.Id, touchId });
        await session.ExecuteAsync("update touches set plan_touch_id = @plan, reason = coalesce(reason, @reason) where id = @touchId", new { plan = next.Id, touchId, reason = next.Reason });
        return [.. touches.Select(t => t.Id == next.Id ? t with { State = "done", TouchId = touchId, DoneAtMs = touch.At.Ms() } : t)];
    }

    /// <summary>A plan after a touch, with what its next step is decided from.</summary>
    /// <param name="Past">Of the prospect, newest first, with that touch.</param>
    /// <param name="Touches">The plan's, in order of time.</param>
    public sealed record After(PlanRow Plan, Person Person, PlanCalendar Calendar, IReadOnlyList<PastTouch> Past, IReadOnlyList<PlanTouchRow> Touches);

    /// <summary>The plan's next touch, with its kind switched where the planned one does not work, is owed from now on.</summary>
    public static async Task<NextStep> GoOnAsync(Session session, After after, NewTouch touch, DateTimeOffset now)
    {
        var (plan, calendar) = (after.Plan, after.Calendar);
        var touches = plan.State == "paused"
            ? await PlanBook.ResumeAsync(session, plan, calendar, NextSteps.BusinessDayAfter(now, 1), after.Touches)
            : await PlanBook.ShiftAsync(session, plan, calendar, after.Touches, now + Guard.LeastGap);
        if (touch.Outcome is Outcome.NotNow or Outcome.WillCallUs)
        {
            // The plan waits for the day that they, or we for them, have put it off to.
            touches = await PlanBook.ShiftAsync(session, plan, calendar, touches, NextSteps.Default(touch.Outcome, now).At!.Value);
        }
        var next = await PlanBook.OweNextAsync(session, plan, calendar, now, touch.PromptId, touches);
        next = await SwitchAsync(session, after, next, now, touch.PromptId);
        return new(next.Kind, Times.Of(next.DueAtMs), next.Reason);
    }

    static async Task<PlanTouchRow> SwitchAsync(Session session, After after, PlanTouchRow next, DateTimeOffset now, long? promptId)
    {
        var decision = await DecideAsync(session, after.Plan, after.Person, next, now, after.Past);
        if (decision.Action != PlanAction.Touch || TouchKinds.Name(decision.Kind) == next.Kind)
        {
            return next;
        }
        await session.ExecuteAsync(
            "update plan_touches set kind = @kind, due_at_ms = @due, changed = @why where id = @id",
            new { id = next.Id, kind = TouchKinds.Name(decision.Kind), due = after.Calendar.Slot(decision.Kind, Times.Of(next.DueAtMs), null).Ms(), why = decision.Why });
        return await PlanBook.OweNextAsync(session, after.Plan, after.Calendar, now, promptId);
    }

    /// <summary>What the plan's rules say of its next touch, from what is on record.</summary>
    /// <param name="past">Newest first; null: as it is on record.</param>
    public static async Task<PlanDecision> DecideAsync(Session session, PlanRow plan, Person person, PlanTouchRow next, DateTimeOffset now, IReadOnlyList<PastTouch>? past = null)
    {
        past ??= await PastTouches.OfAsync(session, person.Id);
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
