using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Plans;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Touches;

/// <summary>Records a touch and what follows from it: what was owed is settled, the plan goes on, and a next step is there when it ends.</summary>
public static class TouchBook
{
    /// <summary>What the plan had for within this many days is done by a touch now.</summary>
    public static readonly TimeSpan DoneAhead = TimeSpan.FromDays(3);

    sealed record Context(Person Person, DealRow? Deal, PlanRow? Plan, PlanCalendar Calendar, GuardAnswer Guard, IReadOnlyList<PastTouch> Past);

    /// <exception cref="ProblemException">They were reached, no plan runs, and no next step is given.</exception>
    public static async Task<LoggedTouch> RecordAsync(Session session, NewTouch touch, DateTimeOffset now)
    {
        var on = await ContextAsync(session, touch);
        var id = await InsertAsync(session, touch, on);
        await SettleAsync(session, touch, on, now);
        await Parking.EndAsync(session, touch.ProspectId, "a touch", now);
        await NoteAsync(session, touch, now);
        // Whoever asked for quiet is owed nothing by a call of ours that they did not take.
        var stops = touch.Outcome == Outcome.Stop || (on.Person.IsStopped && !ComesBack(touch));
        if (touch.Outcome == Outcome.Stop)
        {
            await Stopping.StopAsync(session, touch.ProspectId, touch.Note ?? "asked not to be contacted", touch.At, now);
        }
        var (next, filled) = await NextAsync(session, touch, on, id, now);
        if (!stops && on.Deal is { } deal)
        {
            await DealBook.TouchedAsync(session, deal, on.Calendar.Rep, next.At, now);
        }
        return new(id, next, filled, on.Guard, next.At is null && !stops);
    }

    static async Task<Context> ContextAsync(Session session, NewTouch touch)
    {
        var person = (await Person.FindAsync(session, touch.ProspectId, null))!;
        var calendar = await PlanCalendar.LoadAsync(session, person, touch.RepId);
        var plan = await PlanRow.CurrentAsync(session, person.Id, touch.RepId);
        var reading = touch.PromptId is not null || await GuardBook.IsReadingAsync(session, person.Id);
        var past = await PastTouches.OfAsync(session, person.Id);
        var guard = await GuardBook.JudgeAsync(
            session, person, touch.Kind, touch.Reason, reading, touch.Theirs, plan?.Template == PlanTemplates.AwaitingItems, calendar.Theirs, calendar.Rep, touch.At, past);
        return new(person, await DealRow.CurrentAsync(session, person.Id, touch.RepId), plan, calendar, guard, [.. past.Prepend(PastTouches.Of(touch)).OrderByDescending(p => p.At)]);
    }

    static async Task<long> InsertAsync(Session session, NewTouch touch, Context on)
    {
        var phone = TouchKinds.IsPhone(touch.Kind) && !touch.Theirs;
        // How long they waited for our call: from the first look that nobody has answered yet.
        var signal = phone ? await session.ScalarAsync<long?>(
            "select min(raised_at_ms) from prompts where prospect_id = @id and rep_id = @rep and state in ('open', 'snoozed', 'expired') and raised_at_ms <= @at",
            new { id = touch.ProspectId, rep = touch.RepId, at = touch.At.Ms() }) : null;
        return await session.ScalarAsync<long>("""
            insert into touches (prospect_id, rep_id, deal_id, prompt_id, stage, number, kind, also_kind, theirs, outcome, answered, objection, answer_text, answer_worked, fact_find, minutes, note,
                                 reason, guard_rule, override_reason, hour, signal_at_ms, at_ms)
            values (@prospect, @rep, @deal, @prompt, @stage, (select count(*) + 1 from touches where prospect_id = @prospect), @kind, @also, @theirs, @outcome, @answered, @objection, @answer, @worked,
                    @factFind, @minutes, @note, @reason, @rule, @override, @hour, @signal, @at)
            returning id
            """, new
        {
            prospect = touch.ProspectId, rep = touch.RepId, deal = on.Deal?.Id, prompt = touch.PromptId, stage = on.Deal?.StageName, kind = TouchKinds.Name(touch.Kind),
            also = touch.Also is { } also ? TouchKinds.Name(also) : null, theirs = touch.Theirs ? 1L : 0L, outcome = Names.Of(touch.Outcome), answered = IsAnswer(touch) ? 1L : 0L,
            objection = touch.Objection, answer = touch.Answer, worked = touch.AnswerWorked is { } w ? (w ? 1L : 0L) : (long?)null, factFind = touch.FactFind, minutes = touch.Minutes, note = touch.Note,
            reason = touch.Reason, rule = on.Guard.CanOverride ? on.Guard.Rule : null, @override = on.Guard.CanOverride ? touch.Override : null,
            hour = (long)TimeZoneInfo.ConvertTime(touch.At, on.Calendar.Theirs.Hours.Zone).Hour, signal, at = touch.At.Ms(),
        });
    }

    /// <summary>After a "stop": they got in touch themselves, or agreed with us on a day.</summary>
    static bool ComesBack(NewTouch touch) => touch.Outcome != Outcome.Stop && (touch.Theirs || (Outcomes.IsAnswer(touch.Outcome) && touch.Next is { At: not null }));

    static bool IsAnswer(NewTouch touch) => touch.Theirs || Outcomes.IsAnswer(touch.Outcome);

    static async Task SettleAsync(Session session, NewTouch touch, Context on, DateTimeOffset now)
    {
        string[] settled = TouchKinds.IsPhone(touch.Kind) || IsAnswer(touch)
            ? [ObligationSources.Step, ObligationSources.Answer, ObligationSources.Park, ObligationSources.Referral, ObligationSources.Missed]
            : [ObligationSources.Step, ObligationSources.Answer, ObligationSources.Park, ObligationSources.Referral];
        await Obligations.SettleAsync(session, touch.ProspectId, touch.RepId, "touch", now, settled);
        // Whoever gets in touch does not put off any more.
        await session.ExecuteAsync(
            "update obligations set moved = 0 where prospect_id = @id and rep_id = @rep and settled_at_ms is null and moved > 0", new { id = touch.ProspectId, rep = touch.RepId });
        await session.ExecuteAsync("update referrals set contacted_at_ms = @at where prospect_id = @id and contacted_at_ms is null", new { id = touch.ProspectId, at = touch.At.Ms() });
        if (on.Deal is { ClosedAtMs: not null } closed && (closed.Stage == Stage.Won || closed.AskAgainAtMs <= now.Ms()))
        {
            await Obligations.SettleDealAsync(session, closed.Id, "touch", now);
        }
    }

    static async Task NoteAsync(Session session, NewTouch touch, DateTimeOffset now)
    {
        await FollowUpState.EnsureAsync(session, touch.ProspectId, now);
        await session.ExecuteAsync("""
            update follow_ups set last_touch_at_ms = @touched, last_touch_kind = @kind, answered_at_ms = coalesce(@answered, answered_at_ms), replied_at_ms = null,
                   objection = coalesce(@objection, objection), fact_find = coalesce(@factFind, fact_find), away_until_ms = case when @answered is not null then null else away_until_ms end,
                   state = case when state = 'stopped' and @back = 1 then 'live' else state end
            where prospect_id = @id
            """, new
        {
            id = touch.ProspectId, touched = touch.At.Ms(), kind = TouchKinds.Name(touch.Kind), answered = IsAnswer(touch) ? touch.At.Ms() : (long?)null, objection = touch.Objection,
            factFind = touch.FactFind, back = ComesBack(touch) ? 1L : 0L,
        });
    }

    static async Task<(NextStep Next, string Filled)> NextAsync(Session session, NewTouch touch, Context on, long touchId, DateTimeOffset now)
    {
        if (touch.Outcome == Outcome.Stop || (on.Person.IsStopped && !ComesBack(touch)))
        {
            return (new(NextStep.Stop, null, "asked not to be contacted"), "stop");
        }
        if (touch.Outcome == Outcome.Ready && on.Plan is not null)
        {
            await PlanBook.EndAsync(session, touch.ProspectId, touch.RepId, "ready", now);
        }
        else if (on.Plan is { } plan)
        {
            var touches = await PlanSteps.DoneAsync(session, plan, touch, touchId, now);
            if (touch.Next is null)
            {
                var from = await PlanSteps.GoOnAsync(session, new(plan, on.Person with { RepliedAtMs = null }, on.Calendar, on.Past, touches), touch, now);
                return (from, "plan");
            }
        }
        if (touch.Next is { At: null } stop)
        {
            await PlanBook.EndAsync(session, touch.ProspectId, touch.RepId, "given up", now);
            return (stop, "given");
        }
        if (touch.Next is null && touch.Outcome == Outcome.Connected)
        {
            throw new ProblemException(Problems.NextStepNeeded.With("You spoke with them, and no plan runs: name the next step with its date, or 'stop'. Never leave a conversation without it."));
        }
        var next = touch.Next ?? Fitted(NextSteps.Default(touch.Outcome, now), on.Calendar);
        if (on.Plan is { } paused && touch.Outcome != Outcome.Ready)
        {
            // A date of their own outranks the plan's.
            await PlanBook.PauseAsync(session, touch.ProspectId, touch.RepId, next.At, "a later date was agreed", now);
            await Obligations.SettleAsync(session, touch.ProspectId, paused.RepId, "agreed", now, ObligationSources.Plan);
        }
        await Obligations.AddAsync(session, new(touch.ProspectId, touch.RepId, touch.PromptId, next.Kind, next.Reason, next.At!.Value) { DealId = on.Deal?.Id }, now);
        return (next, touch.Next is null ? "outcome" : "given");
    }

    static NextStep Fitted(NextStep step, PlanCalendar calendar) =>
        step with { At = calendar.Slot(TouchKinds.Parse(step.Kind) ?? TouchKind.Call, step.At!.Value, null) };
}
