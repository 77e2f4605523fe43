using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <summary>Puts somebody on the shelf: nothing is owed until a far date or for good, and a later look of theirs takes them off it.</summary>
public static class Parking
{
    /// <exception cref="ProblemException">Neither a day in the future nor never.</exception>
    public static DateTimeOffset? Day(DateTimeOffset? askAgainAt, bool never, DateTimeOffset now) => (askAgainAt, never) switch
    {
        ({ } day, _) when day > now && day < now.AddYears(10) => day,
        (null, true) => null,
        _ => throw new ProblemException(Problems.AnswerNeedsDate.With("Parking needs the far date on which to ask again (askAgainAt), or never: true.")),
    };

    /// <summary>The rep works on them again: they are off the shelf, and their open deals ask for something. Nothing when they were not on it.</summary>
    public static async Task EndAsync(Session session, long prospectId, string reason, DateTimeOffset now)
    {
        if (await FollowUpState.IsParkedAsync(session, prospectId))
        {
            await FollowUpState.SetAsync(session, prospectId, FollowUpState.Live, null, reason, now);
            await Obligations.SettleAsync(session, prospectId, null, "live again", now, ObligationSources.Park);
            await Deals.DealBook.OweAnewAsync(session, prospectId, now);
        }
    }

    /// <param name="until">Null: never, unless they look again.</param>
    public static async Task ParkAsync(Session session, long prospectId, long repId, DateTimeOffset? until, string reason, DateTimeOffset now)
    {
        if (await FollowUpState.IsStoppedAsync(session, prospectId))
        {
            return; // A shelf is less than the quiet they asked for.
        }
        await FollowUpState.SetAsync(session, prospectId, FollowUpState.Parked, until, reason, now);
        await Plans.PlanBook.EndAsync(session, prospectId, null, reason == "break-up" ? "breakUp" : "parked", now);
        await Obligations.SettleAllAsync(session, prospectId, "parked", now);
        if (until is { } day)
        {
            await Obligations.AddAsync(session, new(prospectId, repId, null, "call", $"ask again: parked ({reason})", day) { Source = ObligationSources.Park }, now);
        }
    }
}
