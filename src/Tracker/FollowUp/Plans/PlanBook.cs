using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Banks;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.People;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Plans;

/// <summary>Starts, pauses, resumes and ends plans. The next touch of a running plan is an obligation, so that nothing planned can be overlooked.</summary>
public static class PlanBook
{
    /// <summary>What a plan's start needs from outside of it.</summary>
    /// <param name="Anchors">Dates by kind, such as the review.</param>
    public sealed record Start(Person Person, long RepId, long? DealId, PlanTemplate Template, IReadOnlyDictionary<string, DateTimeOffset> Anchors);

    /// <summary>A plan that runs already is ended as replaced.</summary>
    public static async Task<long> StartAsync(Session session, Start start, DateTimeOffset now)
    {
        await EndAsync(session, start.Person.Id, start.RepId, "replaced", now);
        var cycle = await CycleBook.LoadAsync(session);
        var id = await session.ScalarAsync<long>("""
            insert into plans (prospect_id, rep_id, deal_id, template, state, cycle_days, started_at_ms)
            values (@prospect, @rep, @deal, @template, 'running', @cycle, @now) returning id
            """, new { prospect = start.Person.Id, rep = start.RepId, deal = start.DealId, template = start.Template.Key, cycle = cycle.Days, now = now.Ms() });
        var calendar = await PlanCalendar.LoadAsync(session, start.Person, start.RepId);
        var (reasons, used) = (await BankBook.ReasonsAsync(session, start.Person.Id, start.RepId), await BankBook.UsedReasonsAsync(session, start.Person.Id, now));
        DateTimeOffset? before = null;
        foreach (var touch in PlanSchedule.Make(start.Template, new(now, cycle.Days, start.Anchors)))
        {
            before = touch.IsAgreed ? touch.At : calendar.Slot(touch.Kind, touch.At, before);
            await InsertAsync(session, id, touch, before.Value, reasons, used);
        }
        await OweNextAsync(session, (await PlanRow.FindAsync(session, id, null))!, calendar, now);
        return id;
    }

    internal static async Task InsertAsync(Session session, long planId, PlannedTouch touch, DateTimeOffset at, IReadOnlyList<BankText> reasons, ISet<(string Kind, string Reason)> used)
    {
        var kind = TouchKinds.Name(touch.Kind);
        var reason = touch.Topic is { } topic ? BankBook.Pick(reasons, topic, kind, used) ?? touch.Reason : touch.Reason;
        used.Add((kind, reason));
        await session.ExecuteAsync("""
            insert into plan_touches (plan_id, planned_kind, planned_at_ms, kind, also_kind, due_at_ms, reason, state)
            values (@planId, @kind, @at, @kind, @also, @at, @reason, 'planned')
            """, new { planId, kind, also = touch.Also is { } also ? TouchKinds.Name(also) : null, at = at.Ms(), reason });
    }

    /// <summary>Makes the plan's next touch what is owed now, adding one when the plan has come to its end: it runs until they say stop or ready.</summary>
    /// <param name="promptId">The prompt whose outcome asked for it; null: none.</param>
    /// <param name="touches">The plan's, in order of time; null: as they are on record.</param>
    public static async Task<PlanTouchRow> OweNextAsync(Session session, PlanRow plan, PlanCalendar calendar, DateTimeOffset now, long? promptId = null, IReadOnlyList<PlanTouchRow>? touches = null)
    {
        touches ??= await PlanTouchRow.OfAsync(session, plan.Id);
        if (touches.FirstOrDefault(t => t.State == "planned") is not { } next)
        {
            await ExtendAsync(session, plan, calendar, touches, now);
            next = (await PlanTouchRow.OfAsync(session, plan.Id)).First(t => t.State == "planned");
        }
        await OweAsync(session, plan, next, now, promptId);
        return next;
    }

    // What is owed already stays the same obligation, however its day or kind changes: how often it was moved is not forgotten. What a prompt asked for is one of its own.
    static async Task OweAsync(Session session, PlanRow plan, PlanTouchRow next, DateTimeOffset now, long? promptId)
    {
        await session.ExecuteAsync("""
            update obligations set settled_at_ms = @now, settled_by = 'plan'
            where prospect_id = @prospect and rep_id = @rep and source = 'plan' and settled_at_ms is null and (@prompt is not null or plan_touch_id is null or plan_touch_id <> @touch)
            """, new { prospect = plan.ProspectId, rep = plan.RepId, touch = next.Id, prompt = promptId, now = now.Ms() });
        var known = await session.ExecuteAsync("""
            update obligations set kind = @kind, also_kind = @also, reason = @reason, due_at_ms = @due
            where prospect_id = @prospect and settled_at_ms is null and plan_touch_id = @touch
            """, new { prospect = plan.ProspectId, touch = next.Id, kind = next.Kind, also = next.AlsoKind, reason = next.Reason, due = next.DueAtMs });
        if (known == 0)
        {
            await Obligations.AddAsync(session, new(plan.ProspectId, plan.RepId, promptId, next.Kind, next.Reason, Web.Times.Of(next.DueAtMs))
            {
                Source = ObligationSources.Plan, DealId = plan.DealId, PlanTouchId = next.Id, AlsoKind = next.AlsoKind,
            }, now);
        }
    }

    static async Task ExtendAsync(Session session, PlanRow plan, PlanCalendar calendar, IReadOnlyList<PlanTouchRow> touches, DateTimeOffset now)
    {
        var template = PlanTemplates.Find(plan.Template) ?? PlanTemplates.All[0];
        var last = touches.Count == 0 ? now : Web.Times.Of(touches.Max(t => t.DoneAtMs ?? t.DueAtMs));
        var touch = PlanSchedule.After(template, [.. touches.Select(t => TouchKinds.Parse(t.Kind) ?? TouchKind.Call)], last > now ? last : now, plan.CycleDays);
        await InsertAsync(session, plan.Id, touch, calendar.Slot(touch.Kind, touch.At, null), await BankBook.ReasonsAsync(session, plan.ProspectId, plan.RepId), await BankBook.UsedReasonsAsync(session, plan.ProspectId, now));
    }

    /// <param name="repId">Null: the plans of all reps.</param>
    /// <param name="until">Null: until the rep logs what came of it.</param>
    public static async Task PauseAsync(Session session, long prospectId, long? repId, DateTimeOffset? until, string reason, DateTimeOffset now)
    {
        var changed = await session.ExecuteAsync("""
            update plans set state = 'paused', paused_until_ms = @until, pause_reason = @reason
            where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and state <> 'ended'
            """, new { prospectId, repId, until = until?.Ms(), reason });
        if (changed > 0 && until is null)
        {
            await Obligations.SettleAsync(session, prospectId, repId, "paused", now, ObligationSources.Plan);
        }
        else if (changed > 0)
        {
            await session.ExecuteAsync("""
                update obligations set due_at_ms = @until where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and source = 'plan' and settled_at_ms is null and due_at_ms < @until
                """, new { prospectId, repId, until = until!.Value.Ms() });
        }
    }

    /// <summary>Goes on, with all that is still planned moved so that nothing is in the past.</summary>
    public static async Task<IReadOnlyList<PlanTouchRow>> ResumeAsync(Session session, PlanRow plan, PlanCalendar calendar, DateTimeOffset now, IReadOnlyList<PlanTouchRow>? touches = null)
    {
        await session.ExecuteAsync("update plans set state = 'running', paused_until_ms = null, pause_reason = null where id = @id", new { id = plan.Id });
        return await ShiftAsync(session, plan, calendar, touches ?? await PlanTouchRow.OfAsync(session, plan.Id), now);
    }

    /// <summary>Moves what is planned by one stretch of time, so that the first of it is not before a day; distances stay.</summary>
    /// <param name="but">A planned touch that stays where it is; null: none.</param>
    /// <returns>The plan's touches as they are now, in order of time.</returns>
    public static async Task<IReadOnlyList<PlanTouchRow>> ShiftAsync(Session session, PlanRow plan, PlanCalendar calendar, IReadOnlyList<PlanTouchRow> touches, DateTimeOffset notBefore, long? but = null)
    {
        var planned = touches.Where(t => t.State == "planned" && t.Id != but).ToList();
        if (planned.Count == 0 || Web.Times.Of(planned[0].DueAtMs) >= notBefore)
        {
            return touches;
        }
        var by = notBefore - Web.Times.Of(planned[0].DueAtMs);
        // A review that was agreed stays where it is, whatever moves around it.
        var review = await session.ScalarAsync<long?>("select review_at_ms from deals where id = @id", new { id = plan.DealId });
        var moved = new Dictionary<long, long>();
        DateTimeOffset? before = null;
        foreach (var touch in planned.Where(t => t.DueAtMs != review || review <= notBefore.Ms()))
        {
            before = calendar.Slot(TouchKinds.Parse(touch.Kind) ?? TouchKind.Call, Web.Times.Of(touch.DueAtMs) + by, before);
            await session.ExecuteAsync("update plan_touches set due_at_ms = @due where id = @id", new { id = touch.Id, due = before.Value.Ms() });
            moved[touch.Id] = before.Value.Ms();
        }
        return [.. touches.Select(t => moved.TryGetValue(t.Id, out var due) ? t with { DueAtMs = due } : t).OrderBy(t => t.DueAtMs).ThenBy(t => t.Id)];
    }

    /// <param name="repId">Null: the plans of all reps.</param>
    /// <param name="reason">stop, ready, replaced, breakUp or another word.</param>
    public static async Task EndAsync(Session session, long prospectId, long? repId, string reason, DateTimeOffset now)
    {
        await session.ExecuteAsync("""
            update plans set state = 'ended', ended_at_ms = @now, end_reason = @reason, paused_until_ms = null
            where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and state <> 'ended'
            """, new { prospectId, repId, reason, now = now.Ms() });
        await Obligations.SettleAsync(session, prospectId, repId, reason, now, ObligationSources.Plan);
    }
}
