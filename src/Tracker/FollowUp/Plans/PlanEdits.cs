using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Banks;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Touches;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Plans;

/// <summary>A plan belongs to the rep: touches are added, changed and skipped, and what was planned stays beside it.</summary>
public static class PlanEdits
{
    public static async Task AddAsync(Session session, PlanRow plan, PlanTouchInput input, DateTimeOffset now)
    {
        var kind = TouchInput.Kind("kind", input.Kind);
        var at = TouchInput.Future("at", input.At, now);
        await CheckReasonAsync(session, plan, kind, input.Reason, now);
        var calendar = await CalendarAsync(session, plan);
        await session.ExecuteAsync("""
            insert into plan_touches (plan_id, planned_kind, planned_at_ms, kind, also_kind, due_at_ms, reason, state, changed) values (@plan, @kind, @at, @kind, @also, @at, @reason, 'planned', 'added')
            """, new { plan = plan.Id, kind = TouchKinds.Name(kind), also = Also(input), at = calendar.Slot(kind, at, null).Ms(), reason = input.Reason });
        await GoOnAsync(session, plan, calendar, now);
    }

    public static async Task ChangeAsync(Session session, PlanRow plan, PlanTouchRow touch, PlanTouchInput input, DateTimeOffset now)
    {
        var kind = input.Kind is null ? TouchKinds.Parse(touch.Kind)!.Value : TouchInput.Kind("kind", input.Kind);
        if (input.Reason is not null && input.Reason != touch.Reason)
        {
            await CheckReasonAsync(session, plan, kind, input.Reason, now);
        }
        var at = input.At is null ? Times.Of(touch.DueAtMs) : TouchInput.Future("at", input.At, now);
        var calendar = await CalendarAsync(session, plan);
        await session.ExecuteAsync(
            "update plan_touches set kind = @kind, also_kind = coalesce(@also, also_kind), due_at_ms = @at, reason = coalesce(@reason, reason), changed = 'changed by the rep' where id = @id",
            new { id = touch.Id, kind = TouchKinds.Name(kind), also = Also(input), at = calendar.Slot(kind, at, null).Ms(), reason = input.Reason });
        // The touch that is owed is put off, not left for the one after it: that is counted, and what follows keeps its distance.
        if (at > Times.Of(touch.DueAtMs) && await session.ExecuteAsync(
            "update obligations set moved = moved + 1 where prospect_id = @prospect and settled_at_ms is null and plan_touch_id = @id", new { prospect = plan.ProspectId, id = touch.Id }) > 0)
        {
            await PlanBook.ShiftAsync(session, plan, calendar, await PlanTouchRow.OfAsync(session, plan.Id), at + Guard.LeastGap, but: touch.Id);
        }
        await GoOnAsync(session, plan, calendar, now);
    }

    public static async Task SkipAsync(Session session, PlanRow plan, PlanTouchRow touch, DateTimeOffset now)
    {
        await session.ExecuteAsync("update plan_touches set state = 'skipped', changed = 'skipped by the rep' where id = @id", new { id = touch.Id });
        await GoOnAsync(session, plan, await CalendarAsync(session, plan), now);
    }

    /// <summary>The rep moved what is owed: the touch is due then, to the minute, and those after it keep their distance from it.</summary>
    public static async Task PutOffAsync(Session session, long plannedTouch, DateTimeOffset to)
    {
        var plan = (await PlanRow.FindAsync(session, await session.ScalarAsync<long>("select plan_id from plan_touches where id = @plannedTouch", new { plannedTouch }), null))!;
        await session.ExecuteAsync("update plan_touches set due_at_ms = @to, changed = 'moved by the rep' where state = 'planned' and id = @plannedTouch", new { plannedTouch, to = to.Ms() });
        await PlanBook.ShiftAsync(session, plan, await CalendarAsync(session, plan), await PlanTouchRow.OfAsync(session, plan.Id), to + Guard.LeastGap, but: plannedTouch);
    }

    /// <summary>A date became known: running plans get the touch that their template hangs on it, unless it is there.</summary>
    public static async Task HangOnAsync(Session session, Person person, string dateKind, DateTimeOffset now)
    {
        var anchors = await PlanDates.AnchorsAsync(session, person.Id, now);
        foreach (var plan in (await PlanRow.OfProspectAsync(session, person.Id, null)).Where(p => p.State != "ended" && anchors.ContainsKey(dateKind)))
        {
            var there = (await PlanTouchRow.OfAsync(session, plan.Id)).Select(t => t.Reason).ToHashSet();
            var calendar = await CalendarAsync(session, plan);
            var hanging = PlanTemplates.Find(plan.Template) is { } template ? PlanSchedule.Hanging(template, dateKind, new(now, plan.CycleDays, anchors)) : [];
            foreach (var touch in hanging.Where(t => !there.Contains(t.Reason)))
            {
                await PlanBook.InsertAsync(session, plan.Id, touch, calendar.Slot(touch.Kind, touch.At, null), [], new HashSet<(string, string)>());
            }
            await GoOnAsync(session, plan, calendar, now);
        }
    }

    static string? Also(PlanTouchInput input) => input.Also is null ? null : TouchKinds.Name(TouchInput.Kind("also", input.Also));

    internal static async Task<PlanCalendar> CalendarAsync(Session session, PlanRow plan) => await PlanCalendar.LoadAsync(session, (await Person.FindAsync(session, plan.ProspectId, null))!, plan.RepId);

    // A paused plan owes nothing until it goes on.
    static async Task GoOnAsync(Session session, PlanRow plan, PlanCalendar calendar, DateTimeOffset now)
    {
        if (plan.State == "running")
        {
            await PlanBook.OweNextAsync(session, plan, calendar, now);
        }
    }

    static async Task CheckReasonAsync(Session session, PlanRow plan, TouchKind kind, string? reason, DateTimeOffset now)
    {
        Texts.Line("reason", reason);
        var used = await BankBook.UsedReasonsAsync(session, plan.ProspectId, now);
        var wrong = string.IsNullOrWhiteSpace(reason) ? "Every touch carries a reason."
            : ReasonRules.IsCheckIn(kind, reason) ? $"“{reason}” is not a reason: there is nothing in it for them."
            : plan.Template != PlanTemplates.AwaitingItems && used.Contains((TouchKinds.Name(kind), reason)) ? $"“{reason}” went to them with the same kind of touch within 12 months, or is planned."
            : null;
        if (wrong is not null)
        {
            var bank = (await BankBook.ReasonsAsync(session, plan.ProspectId, plan.RepId)).Where(r => !used.Contains((TouchKinds.Name(kind), r.Text))).Select(r => r.Text).Take(5);
            throw new ProblemException(Problems.ReasonUsed.With($"{wrong} The bank has: {string.Join("; ", bank)}."));
        }
    }
}
