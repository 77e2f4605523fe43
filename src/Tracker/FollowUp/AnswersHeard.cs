using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <summary>
/// What the part that reads incoming mail tells follow-up: they answered, they are away, the address does not work, they asked for quiet. Each call belongs into
/// the transaction that stores the mail, so that both happen or neither. Told twice, nothing more happens. An answer is theirs: it pauses plans, it settles
/// no stage and closes no prompt.
/// </summary>
public static class AnswersHeard
{
    /// <summary>Who is away without saying until when is tried again after this. An assumption: most holidays are over by then.</summary>
    public static readonly TimeSpan AwayUnlessTold = TimeSpan.FromDays(7);

    public const string AnswerThem = "answer their mail";

    /// <summary>They wrote back. Running plans pause until the rep logs what came of it, and answering them is owed by the next business day.</summary>
    /// <param name="at">When they wrote.</param>
    public static async Task RepliedAsync(Session session, long prospectId, DateTimeOffset at, DateTimeOffset now)
    {
        await Parking.EndAsync(session, prospectId, "they replied", now);
        await FollowUpState.NoteReplyAsync(session, prospectId, at, now);
        await Plans.PlanBook.PauseAsync(session, prospectId, null, null, "they replied", now);
        foreach (var rep in await FollowUpState.RepsAsync(session, prospectId))
        {
            await Obligations.AddOnceAsync(session, new(prospectId, rep, null, "email", AnswerThem, await Plans.PlanCalendar.DayAfterAsync(session, prospectId, rep, "email", at, 1)) { Source = ObligationSources.Answer }, now);
        }
    }

    /// <summary>Their mail program said that they are out. What is planned waits until the business day after they are back.</summary>
    /// <param name="until">Null: it did not say.</param>
    public static async Task AwayAsync(Session session, long prospectId, DateTimeOffset? until, DateTimeOffset at, DateTimeOffset now)
    {
        var back = Domain.FollowUp.NextSteps.BusinessDayAfter(until ?? at + AwayUnlessTold, until is null ? 0 : 1);
        await FollowUpState.NoteAwayAsync(session, prospectId, back, now);
        await Plans.PlanBook.PauseAsync(session, prospectId, null, back, "they are away", now);
        await Obligations.DelayAsync(session, prospectId, back);
    }

    /// <summary>Mail to the address fails for good: a person has to be called for another one, and plans write no mail until it changes.</summary>
    public static async Task BouncedAsync(Session session, long prospectId, DateTimeOffset at, DateTimeOffset now)
    {
        await FollowUpState.NoteBounceAsync(session, prospectId, now);
        if (!await FollowUpState.IsLiveAsync(session, prospectId))
        {
            return;
        }
        foreach (var rep in await FollowUpState.RepsAsync(session, prospectId))
        {
            await Obligations.AddOnceAsync(session, new(prospectId, rep, null, "call", "our mail does not reach them: ask for the right address", await Plans.PlanCalendar.DayAfterAsync(session, prospectId, rep, "call", at, 1)) { Source = ObligationSources.Answer }, now);
        }
    }

    /// <summary>They asked not to be contacted: plans end, nothing is owed any more, open deals are lost for good. A later look still raises its prompt.</summary>
    public static Task StoppedAsync(Session session, long prospectId, DateTimeOffset at, DateTimeOffset now) => Stopping.StopAsync(session, prospectId, "asked not to be contacted", at, now);
}
