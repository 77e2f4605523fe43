using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Plans;
using Tracker.FollowUp.Touches;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Deals;

/// <param name="ProspectId">Somebody who is known; or give <paramref name="Prospect"/>.</param>
/// <param name="Stage">Default lead; meetingAgreed where a meeting is given.</param>
/// <param name="Value">In the team's currency, at most two decimals.</param>
/// <param name="Plan">Template of a plan to start with it.</param>
public sealed record NewDeal(
    string? ProspectId = null, PutProspect? Prospect = null, string? Title = null, decimal Value = 0, string? Stage = null, DateTimeOffset? MeetingAt = null, DateTimeOffset? ReviewAt = null,
    bool SkipReview = false, string? Plan = null, string? Note = null);

public sealed record ChangeDeal(string? Title = null, decimal? Value = null);

/// <param name="Stage">Where the deal goes.</param>
/// <param name="MeetingAt">Of meetingAgreed: when.</param>
/// <param name="ReviewAt">Of proposalSent: the day on which you go through it together. Asked for first.</param>
/// <param name="SkipReview">Goes without; the deal is shown as "you will be chasing".</param>
/// <param name="AskAgainAt">Of lost and notNow: the day on which to ask again.</param>
/// <param name="Never">Of lost: do not ask again.</param>
/// <param name="Reason">Of lost: price, need, competitor, timing, noAnswer, notQualified, notInterested, askedToStop or other.</param>
/// <param name="Plan">Template of a plan to start with the stage.</param>
public sealed record MoveDeal(
    string? Stage, DateTimeOffset? MeetingAt = null, DateTimeOffset? ReviewAt = null, bool SkipReview = false, DateTimeOffset? AskAgainAt = null, bool Never = false, string? Reason = null,
    string? Note = null, string? Plan = null);

/// <param name="From">Null: the deal began with it.</param>
public sealed record DealMoveView(string? From, string To, DateTimeOffset At, string? Reason, bool ReviewSkipped, string? Note);

/// <param name="Moves">Every stage it was in, oldest first.</param>
/// <param name="Owed">What is owed to the prospect, the most urgent first.</param>
/// <param name="WaitingOnThem">Why it looks as if the rep waits for the customer; null when it does not.</param>
/// <param name="SuggestedPlan">Template that fits the stage; null: none.</param>
/// <param name="GivingUp">After a move to lost or notNow by the rep: the usual excuses, answered.</param>
public sealed record DealDetails(
    DealView Deal, IReadOnlyList<DealMoveView> Moves, IReadOnlyList<ObligationView> Owed, string? WaitingOnThem, string? SuggestedPlan, string? PlanId, IReadOnlyList<ExcuseView> GivingUp);

public static class DealEndpoints
{
    const decimal MostValue = 1_000_000_000_000;

    public static void MapDeals(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/deals").WithTags("Follow-up");
        group.MapPost("", CreateAsync).RequireScope(Scopes.Send).WithName("createDeal").WithSummary("A deal for a prospect, new or known")
            .WithDescription("A new prospect with a meeting is one request: `prospect` and `meetingAt`. What the stage asks for is owed from then on.")
            .Produces<DealDetails>(StatusCodes.Status201Created)
            .ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter, Problems.RepNeeded, Problems.UnknownRep, Problems.AnswerNeedsDate, Problems.ReviewDateNeeded);
        group.MapGet("", ListAsync).RequireScope(Scopes.Read).WithName("listDeals").WithSummary("Deals, newest first")
            .WithDescription("`state` is open, closed or all (default open); `stage` one of GET /stages.").Produces<Page<DealView>>().ProducesProblems(Problems.InvalidParameter);
        group.MapGet("/{id}", GetAsync).RequireScope(Scopes.Read).WithName("getDeal").WithSummary("One deal with its history").Produces<DealDetails>().ProducesProblems(Problems.NotFound);
        group.MapPut("/{id}", ChangeAsync).RequireScope(Scopes.Send).WithName("changeDeal").WithSummary("Title and value of a deal").Produces<DealDetails>()
            .ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter);
        group.MapPost("/{id}/stage", MoveAsync).RequireScope(Scopes.Send).WithName("moveDeal").WithSummary("Moves a deal to a stage")
            .WithDescription("One action, kept as history. A no needs a date to ask again or never, a not now a date, a proposal the date of its review first.")
            .Produces<DealDetails>().ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter, Problems.AnswerNeedsDate, Problems.ReviewDateNeeded);
    }

    static async Task<IResult> CreateAsync(HttpContext http, Caller caller, Database database, TimeProvider time, NewDeal body, string? rep)
    {
        var now = time.GetUtcNow();
        Texts.Line("title", body.Title);
        Texts.AtMost(5000, "note", body.Note);
        var stage = body.Stage is null ? body.MeetingAt is null ? Stage.Lead : Stage.MeetingAgreed : Names.Parse<Stage>("stage", body.Stage);
        var details = await database.WriteAsync(async s =>
        {
            var person = body.ProspectId is { } known ? await Person.NeededAsync(s, known, caller) : await NewPeople.PutAsync(s, caller, body.Prospect, rep, now);
            var owner = await person.RepAsync(s, caller, rep);
            var id = await DealBook.CreateAsync(s, person.Id, owner, body.Title, Cents(body.Value), stage, new(body.MeetingAt, body.ReviewAt, body.SkipReview, Note: body.Note), now, now);
            await PlanStart.ForDealAsync(s, (await DealRow.FindAsync(s, id, null))!, body.Plan, now);
            return (await DetailsAsync(s, id, null, now, []))!;
        }, http.RequestAborted);
        return TypedResults.Created($"/api/v1/deals/{details.Deal.Id}", details);
    }

    static long Cents(decimal value) => value is >= 0 and <= MostValue && decimal.Round(value, 2) == value
        ? (long)(value * 100)
        : throw new ProblemException(Problems.Parameter("value", value.ToString(System.Globalization.CultureInfo.InvariantCulture), "0 or more, with at most two decimals"));

    static async Task<IResult> ListAsync(HttpContext http, Caller caller, Database database, string? state, string? stage, int? limit, string? after)
    {
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        TouchInput.OneOf("state", state, ["open", "closed", "all"]);
        var named = stage is null ? null : Names.Of(Names.Parse<Stage>("stage", stage));
        var condition = state switch { "closed" => "d.closed_at_ms is not null", "all" => "1 = 1", _ => "d.closed_at_ms is null" };
        var rows = await database.ReadAsync(s => s.QueryAsync<DealRow>(
            $"{DealRow.Select} {condition} and d.id < @before and (@repId is null or d.rep_id = @repId) and (@named is null or d.stage = @named) order by d.id desc limit @limit",
            new { before = cursor?.First ?? long.MaxValue, repId = caller.RepId, named, limit = most + 1 }), http.RequestAborted);
        return TypedResults.Ok(Paging.Of(rows, most, r => r.ToView(), r => new(r.Id)));
    }

    static async Task<IResult> GetAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time) =>
        await database.ReadAsync(s => DetailsAsync(s, Ids.Parse(id), caller.RepId, time.GetUtcNow(), []), http.RequestAborted) is { } details
            ? TypedResults.Ok(details) : Problems.NoSuch("deal", id);

    static Task<IResult> ChangeAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, ChangeDeal body)
    {
        Texts.Line("title", body.Title);
        var cents = body.Value is { } value ? Cents(value) : (long?)null;
        return WithDealAsync(id, http, caller, database, async (s, deal) =>
        {
            await s.ExecuteAsync("update deals set title = coalesce(@title, title), value_cents = coalesce(@cents, value_cents) where id = @id", new { id = deal.Id, title = body.Title, cents });
            return (await DetailsAsync(s, deal.Id, null, time.GetUtcNow(), []))!;
        });
    }

    static Task<IResult> MoveAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, MoveDeal body)
    {
        var now = time.GetUtcNow();
        var to = Names.Parse<Stage>("stage", body.Stage);
        var reason = body.Reason is null ? (ClosingReason?)null : Names.Parse<ClosingReason>("reason", body.Reason);
        Texts.AtMost(5000, "note", body.Note);
        return WithDealAsync(id, http, caller, database, async (s, deal) =>
        {
            await DealBook.MoveAsync(s, deal.Id, deal.Stage, to, new(body.MeetingAt, body.ReviewAt, body.SkipReview, body.AskAgainAt, body.Never, reason, body.Note), now, now);
            await PlanStart.ForDealAsync(s, (await DealRow.FindAsync(s, deal.Id, null))!, body.Plan, now);
            var givesUp = to is Stage.Lost or Stage.NotNow && reason is not (ClosingReason.AskedToStop or ClosingReason.Competitor);
            return (await DetailsAsync(s, deal.Id, null, now, givesUp ? [.. ShippedBanks.GivingUp.Select(g => new ExcuseView(g.Excuse, g.Answer))] : []))!;
        });
    }

    static async Task<IResult> WithDealAsync(string id, HttpContext http, Caller caller, Database database, Func<Session, DealRow, Task<DealDetails>> change) =>
        await database.WriteAsync<IResult>(async s => await DealRow.FindAsync(s, Ids.Parse(id), caller.RepId) is { } deal ? TypedResults.Ok(await change(s, deal)) : Problems.NoSuch("deal", id), http.RequestAborted);

    sealed record MoveRow
    {
        public string? FromStage { get; init; }
        public string ToStage { get; init; } = "";
        public long AtMs { get; init; }
        public string? ClosingReason { get; init; }
        public long ReviewSkipped { get; init; }
        public string? Note { get; init; }
    }

    static async Task<DealDetails?> DetailsAsync(Session session, long? id, long? repId, DateTimeOffset now, IReadOnlyList<ExcuseView> givingUp)
    {
        if (await DealRow.FindAsync(session, id, repId) is not { } deal)
        {
            return null;
        }
        var moves = await session.QueryAsync<MoveRow>("select from_stage, to_stage, at_ms, closing_reason, review_skipped, note from deal_moves where deal_id = @id order by id", new { id });
        var owed = await Obligations.OpenAsync(session, deal.ProspectId, deal.RepId);
        var person = (await Person.FindAsync(session, deal.ProspectId, null))!;
        var plan = await PlanRow.CurrentAsync(session, deal.ProspectId, deal.RepId);
        return new(
            deal.ToView(), [.. moves.Select(m => new DealMoveView(m.FromStage, m.ToStage, Times.Of(m.AtMs), m.ClosingReason, m.ReviewSkipped != 0, m.Note))], owed,
            Waiting.OnThem(deal.Stage, Times.Of(deal.StageSinceMs), Times.Of(person.LastTouchAtMs), owed.Count == 0 ? 0 : (int)owed.Max(o => o.Moved), now),
            plan is null ? PlanStart.Suggested(deal.Stage) : null, plan is null ? null : Ids.Text(plan.Id), givingUp);
    }
}
