using System.Globalization;
using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.Plans;
using Tracker.FollowUp.Today;
using Tracker.FollowUp.Touches;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.People;

/// <param name="AskAgainAt">The far date on which to ask again.</param>
/// <param name="Never">Do not ask again. A later look of theirs still revives them.</param>
public sealed record Park(DateTimeOffset? AskAgainAt = null, bool Never = false, string? Reason = null);

/// <param name="Days">monday to sunday; left out: Monday to Friday.</param>
/// <param name="From">Time of their day, such as 10:30. Left out together with <paramref name="To"/>: nothing is agreed any more.</param>
public sealed record AgreeCallTime(IReadOnlyList<string>? Days = null, string? From = null, string? To = null, string? Note = null);

/// <param name="Who">Who said it, such as the referrer.</param>
public sealed record NewInsight(string? Who, string? Said);

/// <param name="Kind">contractEnd, budget, holiday, birthday, event or other.</param>
/// <param name="Day">Such as 2026-12-31.</param>
public sealed record NewDate(string? Kind, string? Day, string? Label = null);

/// <param name="To">When it is owed instead.</param>
public sealed record MoveObligation(DateTimeOffset? To);

/// <param name="State">live, parked or stopped.</param>
/// <param name="AnsweredAt">When they last said something themselves; null: never.</param>
/// <param name="MailFails">Mail to them does not arrive.</param>
/// <param name="Advice">What the guard says of a call now.</param>
/// <param name="Effort">Minutes and touches invested, beside the deal's value.</param>
public sealed record StandingView(
    string ProspectId, string State, DateTimeOffset? Until, string? StateReason, DateTimeOffset? AnsweredAt, DateTimeOffset? AwayUntil, bool MailFails, string? Objection, string? FactFind,
    CallTimeView CallTime, GuardView Advice, SituationView? Situation, string? WaitingOnThem, DealView? Deal, string? PlanId, IReadOnlyList<ObligationView> Owed, IReadOnlyList<string> Interests,
    EffortView Effort);

public sealed record EffortView(long Minutes, long Touches, decimal Value);

public static class StandingEndpoints
{
    public static void MapStanding(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Follow-up");
        group.MapGet("/prospects/{id}/follow-up", GetAsync).RequireScope(Scopes.Read).WithName("getFollowUp").WithSummary("Where a prospect stands: what is owed, the situation and its way out, the best time to call")
            .Produces<StandingView>().ProducesProblems(Problems.NotFound);
        group.MapGet("/prospects/{id}/advice", AdviceAsync).RequireScope(Scopes.Read).WithName("getAdvice").WithSummary("What the guard says of a touch before it is made")
            .WithDescription("`kind` is a kind of touch, `reason` why. It advises, holds back or refuses; it never holds back answering their call or calling while they read. To go against it, give `override` when logging.")
            .Produces<GuardView>().ProducesProblems(Problems.NotFound, Problems.InvalidParameter);
        group.MapPost("/prospects/{id}/park", ParkAsync).RequireScope(Scopes.Send).WithName("parkProspect").WithSummary("Parks a prospect with a far date, or never").Produces<StandingView>()
            .ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter, Problems.AnswerNeedsDate, Problems.RepNeeded);
        group.MapPut("/prospects/{id}/call-time", AgreeAsync).RequireScope(Scopes.Send).WithName("agreeCallTime").WithSummary("The best time to call, as agreed with them; it outranks what is learned").Produces<StandingView>()
            .ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter);
        group.MapPost("/prospects/{id}/insights", InsightAsync).RequireScope(Scopes.Send).WithName("addInsight").WithSummary("What somebody who knows them says; kept with the plan").Produces<StandingView>()
            .ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter);
        group.MapPost("/prospects/{id}/dates", DateAsync).RequireScope(Scopes.Send).WithName("addDate").WithSummary("A date or season that a touch may hang on").Produces<StandingView>()
            .ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter);
        group.MapPost("/obligations/{id}/move", MoveAsync).RequireScope(Scopes.Send).WithName("moveObligation").WithSummary("Moves what is owed to another day; three times look like waiting for them").Produces<StandingView>()
            .ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter);
    }

    static async Task<IResult> GetAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time) => TypedResults.Ok(
        await database.ReadAsync(async s => await ViewAsync(s, await Person.NeededAsync(s, id, caller), caller.RepId, time.GetUtcNow()), http.RequestAborted));

    static async Task<IResult> AdviceAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, string? kind, string? reason)
    {
        var wanted = TouchInput.Kind("kind", kind);
        return TypedResults.Ok(await database.ReadAsync(async s =>
        {
            var person = await Person.NeededAsync(s, id, caller);
            return GuardView.Of(await JudgeAsync(s, person, wanted, reason, caller.RepId, time.GetUtcNow()));
        }, http.RequestAborted));
    }

    static async Task<GuardAnswer> JudgeAsync(Session s, Person person, TouchKind kind, string? reason, long? repId, DateTimeOffset now)
    {
        var rep = await RepTimes.LoadAsync(s, repId ?? person.RepId ?? 0);
        var onItems = await s.ScalarAsync<long>("select count(*) from plans where prospect_id = @id and state <> 'ended' and template = 'awaitingItems'", new { id = person.Id }) > 0;
        return await GuardBook.JudgeAsync(s, person, kind, reason, await GuardBook.IsReadingAsync(s, person.Id), false, onItems, await CallTimeBook.OfAsync(s, person, rep), rep, now);
    }

    static Task<IResult> ParkAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, Park body)
    {
        Texts.Line("reason", body.Reason);
        return ChangeAsync(id, http, caller, database, time, async (s, person, now) =>
            await Parking.ParkAsync(s, person.Id, await person.RepAsync(s, caller, null), Parking.Day(body.AskAgainAt, body.Never, now), body.Reason ?? "parked by the rep", now));
    }

    static Task<IResult> AgreeAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, AgreeCallTime body)
    {
        var (from, to) = (HoursInput.Minutes("from", body.From), HoursInput.Minutes("to", body.To));
        if (from is null != to is null || from >= to)
        {
            return Task.FromResult<IResult>(Problems.Parameter("to", body.To, "a time of day later than 'from'; or leave out both"));
        }
        Texts.Line("note", body.Note);
        var days = body.Days is null ? null : string.Join(' ', body.Days.Select(d => Names.Of(Names.Parse<DayOfWeek>("days", d))).Distinct());
        return ChangeAsync(id, http, caller, database, time, async (s, person, now) =>
        {
            await FollowUpState.EnsureAsync(s, person.Id, now);
            await s.ExecuteAsync("update follow_ups set call_days = @days, call_from_min = @from, call_to_min = @to, call_note = @note, call_agreed_at_ms = @now where prospect_id = @id",
                new { id = person.Id, days = string.IsNullOrEmpty(days) ? null : days, from, to, note = body.Note, now = now.Ms() });
        });
    }

    static Task<IResult> InsightAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, NewInsight body)
    {
        Texts.Line("who", body.Who);
        Texts.AtMost(5000, "said", body.Said);
        if (string.IsNullOrWhiteSpace(body.Who) || string.IsNullOrWhiteSpace(body.Said))
        {
            return Task.FromResult<IResult>(Problems.Parameter("said", body.Said, "what was said, and in 'who' by whom"));
        }
        return ChangeAsync(id, http, caller, database, time, async (s, person, now) => await s.ExecuteAsync(
            "insert into insights (prospect_id, plan_id, who, said, at_ms) values (@id, (select max(id) from plans where prospect_id = @id and state <> 'ended'), @who, @said, @now)",
            new { id = person.Id, who = body.Who, said = body.Said, now = now.Ms() }));
    }

    static Task<IResult> DateAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, NewDate body)
    {
        TouchInput.OneOf("kind", body.Kind ?? "", PlanDates.Kinds);
        Texts.Line("label", body.Label);
        if (!DateOnly.TryParseExact(body.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return Task.FromResult<IResult>(Problems.Parameter("day", body.Day, "a day such as 2026-12-31"));
        }
        return ChangeAsync(id, http, caller, database, time, async (s, person, now) =>
        {
            await s.ExecuteAsync(
                "insert into prospect_dates (prospect_id, kind, day, label) values (@id, @kind, @day, @label)",
                new { id = person.Id, kind = body.Kind, day = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), label = body.Label });
            await PlanEdits.HangOnAsync(s, person, body.Kind!, now);
        });
    }

    static async Task<IResult> MoveAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, MoveObligation body)
    {
        var now = time.GetUtcNow();
        var to = TouchInput.Future("to", body.To, now);
        return await database.WriteAsync<IResult>(async s =>
        {
            var prospect = await s.ScalarAsync<long?>(
                "update obligations set due_at_ms = @to, moved = moved + 1 where id = @id and settled_at_ms is null and (@rep is null or rep_id = @rep) returning prospect_id",
                new { id = Ids.Parse(id), to = to.Ms(), rep = caller.RepId });
            if (prospect is not null && await s.ScalarAsync<long?>("select plan_touch_id from obligations where id = @id", new { id = Ids.Parse(id) }) is { } planned)
            {
                await PlanEdits.PutOffAsync(s, planned, to);
            }
            return prospect is null ? Problems.NoSuch("open obligation", id) : TypedResults.Ok(await ViewAsync(s, (await Person.FindAsync(s, prospect, null))!, caller.RepId, now));
        }, http.RequestAborted);
    }

    internal static async Task<IResult> ChangeAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, Func<Session, Person, DateTimeOffset, Task> change)
    {
        var now = time.GetUtcNow();
        return TypedResults.Ok(await database.WriteAsync(async s =>
        {
            var person = await Person.NeededAsync(s, id, caller);
            await change(s, person, now);
            return await ViewAsync(s, (await Person.FindAsync(s, person.Id, null))!, caller.RepId, now);
        }, http.RequestAborted));
    }

    static async Task<StandingView> ViewAsync(Session session, Person person, long? repId, DateTimeOffset now)
    {
        var rep = await RepTimes.LoadAsync(session, repId ?? person.RepId ?? 0);
        var facts = await TodayFacts.LoadAsync(session, [person.Id], repId, now);
        var (deal, plan) = (await DealRow.CurrentAsync(session, person.Id, repId), facts.Plans.GetValueOrDefault(person.Id));
        var owed = await Obligations.OpenAsync(session, person.Id, repId);
        var guard = await JudgeAsync(session, person, TouchKind.Call, null, repId, now);
        return new(
            Ids.Text(person.Id), person.State, Times.Of(person.UntilMs), person.StateReason, Times.Of(person.AnsweredAtMs), person.AwayUntil, person.MailFails != 0, person.Objection, person.FactFind,
            TodayBook.CallTime(facts.CallTimes[person.Id], person, rep, now), GuardView.Of(guard),
            TodayBook.SituationOf(new()
            {
                Now = now, Stage = deal?.Stage, StageSince = Times.Of(deal?.StageSinceMs), HasNextStep = plan is not null || facts.Agreed.Contains(person.Id), ReviewAgreed = deal?.ReviewAtMs is not null,
                Template = plan?.Template, MailsSent = (int)facts.Mails.GetValueOrDefault(person.Id), EverAnswered = person.AnsweredAtMs is not null, Sittings = (int)person.Sittings,
                LastReadAt = Times.Of(person.LastEngagedAtMs), Past = [.. facts.Past[person.Id]],
            }),
            deal is null ? null : Waiting.OnThem(deal.Stage, Times.Of(deal.StageSinceMs), Times.Of(person.LastTouchAtMs), owed.Count == 0 ? 0 : (int)owed.Max(o => o.Moved), now),
            deal?.ToView(), plan is null ? null : Ids.Text(plan.Id), owed, [.. facts.Interests[person.Id].Take(5)],
            new(deal?.Minutes ?? 0, deal?.Touches ?? 0, (deal?.ValueCents ?? 0) / 100m));
    }
}
