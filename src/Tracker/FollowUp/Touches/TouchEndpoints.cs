using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Banks;
using Tracker.FollowUp.People;
using Tracker.Prompts;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Touches;

/// <param name="Kind">call, voicemail, email, note, card, gift, visit, referrer or meeting.</param>
/// <param name="Also">A second kind on the same occasion, such as the mail that went with a call.</param>
/// <param name="Theirs">True when they got in touch with us.</param>
/// <param name="Outcome">connected, voicemail, noAnswer, wrongNumber, notNow, willCallUs, stop, sent or ready; for a mail, note, card or gift it may be left out (sent).</param>
/// <param name="At">Left out: now.</param>
/// <param name="Objection">price, need, comparing, competitor, timing or other.</param>
/// <param name="Answer">What the objection was answered with.</param>
/// <param name="FactFind">noNeed, alternative, match or matchBut.</param>
/// <param name="Reason">Why we got in touch, from the reason bank or in own words.</param>
/// <param name="Override">Why the guard's advice was not followed, in a word or two; counted.</param>
/// <param name="NextStep">Left out, it is filled in from the plan or the outcome. Only "connected" without a plan insists on one.</param>
public sealed record LogTouch(
    string? Kind, string? Outcome = null, string? Also = null, bool Theirs = false, DateTimeOffset? At = null, string? Objection = null, string? Answer = null, bool? AnswerWorked = null,
    string? FactFind = null, long? Minutes = null, string? Note = null, string? Reason = null, string? Override = null, NextStepView? NextStep = null);

public sealed record GuardView(string Level, string Rule, string Text, string? Instead, DateTimeOffset? NotBefore)
{
    public static GuardView Of(GuardAnswer answer) =>
        new(Names.Of(answer.Level), answer.Rule, answer.Text, answer.Instead is { } kind ? TouchKinds.Name(kind) : null, answer.NotBefore);
}

public sealed record ExcuseView(string Excuse, string Answer);

/// <param name="NextStep">What was given, or filled in.</param>
/// <param name="Filled">Where the next step comes from: given, plan, outcome or stop.</param>
/// <param name="Advice">What the guard said of this touch.</param>
/// <param name="GivingUp">When the rep ends it: the usual excuses for that, each with its answer. Else empty.</param>
/// <param name="Answers">When there was an objection: answers of the bank to it, those that worked first.</param>
public sealed record LoggedView(string Id, string ProspectId, string Kind, string Outcome, DateTimeOffset At, NextStepView NextStep, string Filled, GuardView Advice, IReadOnlyList<ExcuseView> GivingUp, IReadOnlyList<string> Answers);

/// <param name="Number">Which touch of this prospect it was.</param>
/// <param name="Stage">Of the deal at that time.</param>
/// <param name="Answered">They said something themselves.</param>
public sealed record TouchView(
    string Id, string ProspectId, string? Rep, string? DealId, string? Stage, long Number, string Kind, string? Also, bool Theirs, string Outcome, bool Answered, string? Objection, string? Answer,
    string? FactFind, long? Minutes, string? Note, string? Reason, string? Override, string? PromptId, DateTimeOffset At);

public static class TouchEndpoints
{
    const int MaxMinutes = 1440;

    public static void MapTouches(this IEndpointRouteBuilder api)
    {
        api.MapPost("/prospects/{id}/touches", LogAsync).RequireScope(Scopes.Send).WithTags("Follow-up").WithName("logTouch").WithSummary("Logs a call, mail, card, visit: what came of it, and what is next")
            .WithDescription("Takes seconds: kind and outcome are enough. The next step is filled in and returned; only `connected` with no plan and no next step is refused, because nobody leaves a conversation without one. A phone call, or an answer of theirs, also closes the rep's prompts of this prospect.")
            .Produces<LoggedView>(StatusCodes.Status201Created).ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter, Problems.NextStepNeeded, Problems.RepNeeded, Problems.UnknownRep);
        api.MapGet("/prospects/{id}/touches", ListAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("listTouches").WithSummary("Every contact with a prospect, newest first")
            .Produces<Page<TouchView>>().ProducesProblems(Problems.NotFound, Problems.InvalidParameter);
    }

    static async Task<IResult> LogAsync(string id, HttpContext http, Caller caller, Database database, PromptBook prompts, TimeProvider time, LogTouch body, string? rep)
    {
        var now = time.GetUtcNow();
        var view = await database.WriteAsync(async s =>
        {
            var person = await Person.NeededAsync(s, id, caller);
            var touch = Of(body, person.Id, await person.RepAsync(s, caller, rep), now);
            var logged = await TouchBook.RecordAsync(s, touch, now);
            if (TouchKinds.IsPhone(touch.Kind) || touch.Theirs || Outcomes.IsAnswer(touch.Outcome))
            {
                await prompts.AnswerAllAsync(s, person.Id, touch.RepId, Names.Of(touch.Outcome), now);
            }
            return View(logged, touch, await AnswersAsync(s, touch.Objection));
        }, http.RequestAborted);
        return TypedResults.Created($"/api/v1/prospects/{id}/touches", view);
    }

    static async Task<IReadOnlyList<string>> AnswersAsync(Session session, string? objection) =>
        objection is null ? [] : [.. (await BankBook.TextsAsync(session, ShippedBanks.Answers)).Where(t => t.Topic == objection).Select(t => t.Text)];

    static LoggedView View(LoggedTouch logged, NewTouch touch, IReadOnlyList<string> answers) => new(
        Ids.Text(logged.Id), Ids.Text(touch.ProspectId), TouchKinds.Name(touch.Kind), Names.Of(touch.Outcome), touch.At, new(logged.Next.Kind, logged.Next.At, logged.Next.Reason), logged.Filled,
        GuardView.Of(logged.Guard), logged.GaveUp ? [.. ShippedBanks.GivingUp.Select(g => new ExcuseView(g.Excuse, g.Answer))] : [], answers);

    static NewTouch Of(LogTouch body, long prospectId, long repId, DateTimeOffset now)
    {
        var kind = TouchInput.Kind("kind", body.Kind);
        var outcome = body.Outcome is null && !TouchKinds.NeedsTheirHours(kind) ? Outcome.Sent : Names.Parse<Outcome>("outcome", body.Outcome);
        if (outcome == Outcome.Sent && TouchKinds.NeedsTheirHours(kind))
        {
            throw new ProblemException(Problems.Parameter("outcome", body.Outcome, "what came of it; only mail, notes, cards and gifts are 'sent'"));
        }
        TouchInput.OneOf("objection", body.Objection, ShippedBanks.Objections);
        TouchInput.OneOf("factFind", body.FactFind, ShippedBanks.FactFinds);
        Texts.AtMost(PromptEndpoints.MaxNote, "note", body.Note);
        foreach (var (name, text) in new[] { ("reason", body.Reason), ("override", body.Override), ("answer", body.Answer) })
        {
            Texts.Line(name, text);
        }
        if (body.Minutes is < 0 or > MaxMinutes)
        {
            throw new ProblemException(Problems.Parameter("minutes", Ids.Text(body.Minutes.Value), $"whole minutes from 0 to {MaxMinutes}"));
        }
        return new(prospectId, repId, kind, outcome, body.At is { } at ? Times.Past("at", at, now) : now, body.NextStep is null ? null : NextStepInput.Of(body.NextStep, outcome, now))
        {
            Also = body.Also is null ? null : TouchInput.Kind("also", body.Also), Theirs = body.Theirs, Objection = body.Objection, Answer = body.Answer, AnswerWorked = body.AnswerWorked,
            FactFind = body.FactFind, Minutes = body.Minutes, Note = body.Note, Reason = body.Reason, Override = body.Override,
        };
    }

    sealed record Row
    {
        public long Id { get; init; }
        public string? Rep { get; init; }
        public long? DealId { get; init; }
        public string? Stage { get; init; }
        public long Number { get; init; }
        public string Kind { get; init; } = "";
        public string? AlsoKind { get; init; }
        public long Theirs { get; init; }
        public string Outcome { get; init; } = "";
        public long Answered { get; init; }
        public string? Objection { get; init; }
        public string? AnswerText { get; init; }
        public string? FactFind { get; init; }
        public long? Minutes { get; init; }
        public string? Note { get; init; }
        public string? Reason { get; init; }
        public string? OverrideReason { get; init; }
        public long? PromptId { get; init; }
        public long AtMs { get; init; }
    }

    static async Task<IResult> ListAsync(string id, HttpContext http, Caller caller, Database database, int? limit, string? after)
    {
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        var page = await database.ReadAsync(async s =>
        {
            var person = await Person.NeededAsync(s, id, caller);
            // A rep sees what they said themselves; an unbound key everything.
            var rows = await s.QueryAsync<Row>("""
                select t.id, r.email as rep, t.deal_id, t.stage, t.number, t.kind, t.also_kind, t.theirs, t.outcome, t.answered, t.objection, t.answer_text, t.fact_find, t.minutes, t.note, t.reason,
                       t.override_reason, t.prompt_id, t.at_ms
                from touches t join reps r on r.id = t.rep_id
                where t.prospect_id = @id and (@rep is null or t.rep_id = @rep) and (t.at_ms < @at or (t.at_ms = @at and t.id < @before)) order by t.at_ms desc, t.id desc limit @limit
                """, new { id = person.Id, rep = caller.RepId, at = cursor?.First ?? long.MaxValue, before = cursor?.Second ?? long.MaxValue, limit = most + 1 });
            return Paging.Of(rows, most, r => new TouchView(
                Ids.Text(r.Id), Ids.Text(person.Id), r.Rep, r.DealId is { } d ? Ids.Text(d) : null, r.Stage, r.Number, r.Kind, r.AlsoKind, r.Theirs != 0, r.Outcome, r.Answered != 0, r.Objection, r.AnswerText,
                r.FactFind, r.Minutes, r.Note, r.Reason, r.OverrideReason, r.PromptId is { } p ? Ids.Text(p) : null, Times.Of(r.AtMs)), r => new(r.AtMs, r.Id));
        }, http.RequestAborted);
        return TypedResults.Ok(page);
    }
}
