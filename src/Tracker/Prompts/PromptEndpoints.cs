using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.Feed;
using Tracker.FollowUp;
using Tracker.FollowUp.Touches;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prompts;

/// <param name="Outcome">connected, voicemail, noAnswer, wrongNumber, notNow, willCallUs, stop or ready.</param>
/// <param name="Minutes">How long the conversation took.</param>
/// <param name="NextStep">Left out, it is filled in and returned.</param>
/// <param name="Right">Whether the prompt was right: the rating, given along the way.</param>
public sealed record GiveOutcome(string? Outcome, string? Note = null, long? Minutes = null, string? Objection = null, NextStepView? NextStep = null, bool? Right = null);

public sealed record Snooze(DateTimeOffset? Until);

public sealed record Dismiss(string? Reason = null, bool? Right = null);

public sealed record Rating(bool? Right);

public static class PromptEndpoints
{
    public const int MaxNote = 5000;

    const int MaxMinutes = 1440;

    /// <summary>A prompt is about now; what should wait longer is a next step.</summary>
    static readonly TimeSpan LongestSnooze = TimeSpan.FromDays(7);

    internal static readonly IReadOnlyList<string> Objections = ShippedBanks.Objections;

    public static void MapPrompts(this IEndpointRouteBuilder api)
    {
        api.MapPrecision();
        var group = api.MapGroup("/prompts").WithTags("Prompts");
        group.MapGet("", ListAsync).RequireScope(Scopes.Read).WithName("listPrompts").WithSummary("Call prompts, newest first")
            .WithDescription($"`state` is one of {string.Join(", ", PromptStates.All)}, `live` (open or snoozed) or `all`; the default is `open`. An expired prompt is an owed call.")
            .Produces<Page<PromptView>>().ProducesProblems(Problems.InvalidParameter);
        group.MapGet("/{id}", GetAsync).RequireScope(Scopes.Read).WithName("getPrompt").WithSummary("One prompt").Produces<PromptView>().ProducesProblems(Problems.NotFound);
        group.MapPost("/{id}/outcome", OutcomeAsync).RequireScope(Scopes.Send).WithName("givePromptOutcome").WithSummary("Answers a prompt with what came of the call")
            .WithDescription("Settles what was owed to the prospect and brings the next step; one that is left out is filled in, from the plan where one runs. Only `connected` with no plan insists on one.")
            .Produces<PromptView>().ProducesProblems(Problems.NotFound, Problems.AlreadyClosed, Problems.InvalidJson, Problems.InvalidParameter, Problems.NextStepNeeded);
        group.MapPost("/{id}/snooze", SnoozeAsync).RequireScope(Scopes.Send).WithName("snoozePrompt").WithSummary("Silences a prompt until a time")
            .Produces<PromptView>().ProducesProblems(Problems.NotFound, Problems.AlreadyClosed, Problems.InvalidJson, Problems.InvalidParameter);
        group.MapPost("/{id}/dismiss", DismissAsync).RequireScope(Scopes.Send).WithName("dismissPrompt").WithSummary("Closes a prompt without a call")
            .Produces<PromptView>().ProducesProblems(Problems.NotFound, Problems.AlreadyClosed, Problems.InvalidJson, Problems.InvalidParameter);
        group.MapPost("/{id}/hand", HandAsync).RequireScope(Scopes.Send).WithName("handPrompt").WithSummary("Hands a prompt to a colleague")
            .WithDescription("`rep` is the colleague's mail address. The prompt goes on as theirs: `prompt.handed` on the feed of who had it, `prompt.raised` on theirs.")
            .Produces<PromptView>().ProducesProblems(Problems.NotFound, Problems.AlreadyClosed, Problems.InvalidJson, Problems.InvalidParameter, Problems.UnknownRep);
        group.MapPost("/{id}/rating", RateAsync).RequireScope(Scopes.Send).WithName("ratePrompt").WithSummary("Says whether a prompt was right")
            .WithDescription("Before it is closed; with the outcome or dismissal, `right` says the same.")
            .Produces<PromptView>().ProducesProblems(Problems.NotFound, Problems.AlreadyClosed, Problems.InvalidJson, Problems.InvalidParameter);
    }

    static async Task<IResult> ListAsync(HttpContext http, Caller caller, Database database, string? state, int? limit, string? after)
    {
        var states = state switch
        {
            null or "" => [PromptStates.Open],
            "live" => [PromptStates.Open, PromptStates.Snoozed],
            "all" => PromptStates.All,
            _ when PromptStates.All.Contains(state) => [state],
            _ => throw new ProblemException(Problems.Parameter("state", state, $"one of {string.Join(", ", PromptStates.All)}, live or all")),
        };
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        var rows = await database.ReadAsync(s => s.QueryAsync<PromptRow>(
            PromptRow.Select + $"""
             {s.Dialect.In("p.state", "@states")} and p.id < @before
            and (@repId is null or p.rep_id = @repId)
            order by p.id desc limit @limit
            """, new { states = states.ToArray(), before = cursor?.First ?? long.MaxValue, repId = caller.RepId, limit = most + 1 }), http.RequestAborted);
        return TypedResults.Ok(Paging.Of(rows, most, r => r.ToView(), r => new(r.Id)));
    }

    static async Task<IResult> GetAsync(string id, HttpContext http, Caller caller, Database database)
    {
        var row = await database.ReadAsync(s => PromptRow.FindAsync(s, Ids.Parse(id) ?? 0, caller.RepId), http.RequestAborted);
        return row is null ? Problems.NoSuch("prompt", id) : TypedResults.Ok(row.ToView());
    }

    static Task<IResult> OutcomeAsync(string id, HttpContext http, Caller caller, Database database, PromptBook book, TimeProvider time, GiveOutcome body)
    {
        var now = time.GetUtcNow();
        var outcome = Names.Parse<Outcome>("outcome", body.Outcome);
        var next = body.NextStep is null ? null : NextStepInput.Of(body.NextStep, outcome, now);
        Texts.AtMost(MaxNote, "note", body.Note);
        if (body.Minutes is < 0 or > MaxMinutes)
        {
            throw new ProblemException(Problems.Parameter("minutes", Ids.Text(body.Minutes.Value), $"whole minutes from 0 to {MaxMinutes}"));
        }
        if (body.Objection is { } objection && !Objections.Contains(objection))
        {
            throw new ProblemException(Problems.Parameter("objection", objection, $"one of {string.Join(", ", Objections)}"));
        }
        return ChangeAsync(id, http, caller, database, async (s, row) =>
        {
            await TouchBook.RecordAsync(s, new(row.ProspectId, row.RepId, outcome == Outcome.Voicemail ? TouchKind.Voicemail : TouchKind.Call, outcome, now, next)
            {
                PromptId = row.Id, Objection = body.Objection, Minutes = body.Minutes, Note = body.Note,
            }, now);
            await book.AnswerAllAsync(s, row.ProspectId, row.RepId, Names.Of(outcome), now, except: row.Id);
            await s.ExecuteAsync("update prompts set note = @note, minutes = @minutes, objection = @objection, right_alarm = coalesce(@right, right_alarm) where id = @id",
                new { id = row.Id, note = body.Note, minutes = body.Minutes, objection = body.Objection, right = Number(body.Right) });
            return await book.TellAsync(s, FeedTypes.PromptClosed, row.Id, now);
        });
    }

    static Task<IResult> SnoozeAsync(string id, HttpContext http, Caller caller, Database database, PromptBook book, TimeProvider time, Snooze body)
    {
        var now = time.GetUtcNow();
        if (body.Until is not { } until || until <= now || until > now + LongestSnooze)
        {
            throw new ProblemException(Problems.Parameter("until", body.Until?.ToString("O"), $"a time in the next {LongestSnooze.TotalDays:0} days"));
        }
        return ChangeAsync(id, http, caller, database, async (s, row) =>
        {
            if (row.State == PromptStates.Expired)
            {
                // It is owed already; another prompt may be live meanwhile, and there is one at a time.
                throw new ProblemException(Problems.AlreadyClosed.With($"Prompt {row.Id} has expired into an owed call: give its outcome or dismiss it."));
            }
            await s.ExecuteAsync("update prompts set state = 'snoozed', snoozed_until_ms = @until where id = @id", new { id = row.Id, until = until.Ms() });
            return await book.TellAsync(s, FeedTypes.PromptRefreshed, row.Id, now);
        });
    }

    static Task<IResult> DismissAsync(string id, HttpContext http, Caller caller, Database database, PromptBook book, TimeProvider time, Dismiss? body)
    {
        var now = time.GetUtcNow();
        Texts.AtMost(MaxNote, "reason", body?.Reason);
        return ChangeAsync(id, http, caller, database, async (s, row) =>
        {
            if (row.State == PromptStates.Expired && string.IsNullOrWhiteSpace(body?.Reason))
            {
                throw new ProblemException(Problems.Parameter("reason", body?.Reason, "why a call that was missed need not be made"));
            }
            await s.ExecuteAsync(
                "update prompts set state = 'dismissed', note = @reason, right_alarm = coalesce(@right, right_alarm), closed_at_ms = @now where id = @id",
                new { id = row.Id, reason = body?.Reason, right = Number(body?.Right), now = now.Ms() });
            await Obligations.SettlePromptAsync(s, row.Id, now);
            return await book.TellAsync(s, FeedTypes.PromptClosed, row.Id, now);
        });
    }

    static Task<IResult> HandAsync(string id, HttpContext http, Caller caller, Database database, PromptBook book, TimeProvider time, HandTo body) =>
        ChangeAsync(id, http, caller, database, (s, row) => HandOver.RunAsync(s, row, body.Rep, book, time.GetUtcNow()));

    static Task<IResult> RateAsync(string id, HttpContext http, Caller caller, Database database, PromptBook book, Rating body)
    {
        if (body.Right is not { } right)
        {
            throw new ProblemException(Problems.Parameter("right", null, "true or false"));
        }
        return ChangeAsync(id, http, caller, database, async (s, row) =>
        {
            await s.ExecuteAsync("update prompts set right_alarm = @right where id = @id", new { id = row.Id, right = Number(right) });
            return (await PromptRow.FindAsync(s, row.Id, null))!;
        });
    }

    static async Task<IResult> ChangeAsync(string id, HttpContext http, Caller caller, Database database, Func<Session, PromptRow, Task<PromptRow>> change) =>
        await database.WriteAsync<IResult>(async s => await PromptRow.FindAsync(s, Ids.Parse(id) ?? 0, caller.RepId) switch
        {
            null => Problems.NoSuch("prompt", id),
            { State: PromptStates.Answered or PromptStates.Dismissed or PromptStates.Withdrawn } closed =>
                Problems.AlreadyClosed.With($"Prompt {id} is {closed.State}{(closed.Outcome is { } outcome ? $" ({outcome})" : "")} since {Times.Of(closed.ClosedAtMs):yyyy-MM-dd HH:mm} UTC."),
            { } row => TypedResults.Ok((await change(s, row)).ToView()),
        }, http.RequestAborted);

    static long? Number(bool? right) => right is null ? null : right.Value ? 1 : 0;
}
