using Tracker.FollowUp.People;
using Tracker.Storage;

namespace Tracker.FollowUp;

/// <summary>Somebody who was parked looks again.</summary>
public static class Revival
{
    /// <summary>Begins the reason of the call that is owed then.</summary>
    public const string Reason = "a revival";

    /// <summary>Takes them off the shelf and owes them a call.</summary>
    /// <returns>What to tell; null when they were not parked.</returns>
    public static async Task<string?> NoteAsync(Session session, long prospectId, long repId, DateTimeOffset now)
    {
        if (await Person.FindAsync(session, prospectId, null) is not { State: FollowUpState.Parked } person)
        {
            return null;
        }
        await FollowUpState.SetAsync(session, prospectId, FollowUpState.Live, null, "revived: they are looking again", now);
        await Obligations.AddOnceAsync(session, new(prospectId, repId, null, "call", $"{Reason}: they were parked and are looking again", now), now);
        await Deals.DealBook.OweAnewAsync(session, prospectId, now);
        return $"{Reason}: parked{(person.StateReason is { } why ? $" ({why})" : "")}, and looking again";
    }
}
