using Tracker.Domain.FollowUp;
using Tracker.Domain.Prompts;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.People;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Touches;

/// <summary>Gathers the facts for the guard.</summary>
public static class GuardBook
{
    /// <param name="theirs">They call us.</param>
    /// <param name="onItems">The reason is that promised items are open.</param>
    /// <param name="past">Null: as it is on record.</param>
    public static async Task<GuardAnswer> JudgeAsync(
        Session session, Person person, TouchKind kind, string? reason, bool isReading, bool theirs, bool onItems, CallTime callTime, RepTime rep, DateTimeOffset now, IReadOnlyList<PastTouch>? past = null) =>
        Guard.Judge(Facts(person, kind, reason, isReading, theirs, onItems, callTime, rep, past ?? await PastTouches.OfAsync(session, person.Id), now) with
        {
            ReasonUsed = await PastTouches.ReasonUsedAsync(session, person.Id, TouchKinds.Name(kind), reason, now),
        });

    public static GuardFacts Facts(
        Person person, TouchKind kind, string? reason, bool isReading, bool theirs, bool onItems, CallTime callTime, RepTime rep, IReadOnlyList<PastTouch> past, DateTimeOffset now) => new()
    {
        Kind = kind, Now = now, TheyCalled = theirs, IsReading = isReading, SaidStop = person.IsStopped, AwayUntil = person.AwayUntil, OnPromisedItems = onItems,
        IsCheckIn = ReasonRules.IsCheckIn(kind, reason), Past = past,
        InCallTime = IsOpen(person, callTime, now),
        NextCallTime = Slots.Next(TouchKind.Call, now, rep, callTime),
    };

    // Of somebody whose zone nobody knows it cannot be said that they sleep.
    public static bool IsOpen(Person person, CallTime callTime, DateTimeOffset now) =>
        (person.Zone is null && callTime.Source == CallTimeSource.WorkingHours) || callTime.Hours.IsOpen(now);

    /// <summary>What a prompt advises: they are reading at this minute, so it never holds back.</summary>
    public static async Task<string> PromptAdviceAsync(Session session, long prospectId, long repId, DateTimeOffset now)
    {
        if (await Person.FindAsync(session, prospectId, null) is not { } person)
        {
            return PromptWording.CallNow;
        }
        var rep = await RepTimes.LoadAsync(session, repId);
        var answer = await JudgeAsync(session, person, TouchKind.Call, null, true, false, false, await CallTimeBook.OfAsync(session, person, rep), rep, now);
        return answer.Level == GuardLevel.Go ? PromptWording.CallNow : answer.Text;
    }

    public static async Task<bool> IsReadingAsync(Session session, long prospectId) =>
        await session.ScalarAsync<long>("select count(*) from prompts where prospect_id = @prospectId and state = 'open'", new { prospectId }) > 0;
}
