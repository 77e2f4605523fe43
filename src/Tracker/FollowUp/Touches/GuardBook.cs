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
        Guard.Judge(Facts(
            person, kind, reason, isReading, theirs, onItems, callTime, (await AgreedHours.LoadAsync(session, [person.Id], now)).Contains(person.Id), rep,
            past ?? await PastTouches.OfAsync(session, person.Id), now) with
        {
            ReasonUsed = await PastTouches.ReasonUsedAsync(session, person.Id, TouchKinds.Name(kind), reason, now),
        });

    /// <param name="agreed">They agreed to this very hour.</param>
    public static GuardFacts Facts(
        Person person, TouchKind kind, string? reason, bool isReading, bool theirs, bool onItems, CallTime callTime, bool agreed, RepTime rep, IReadOnlyList<PastTouch> past, DateTimeOffset now) => new()
    {
        Kind = kind, Now = now, TheyCalled = theirs, IsReading = isReading, SaidStop = person.IsStopped, AwayUntil = person.AwayUntil, OnPromisedItems = onItems,
        IsCheckIn = ReasonRules.IsCheckIn(kind, reason), Past = past,
        InCallTime = agreed || IsOpen(person, callTime, now),
        NextCallTime = Slots.Next(TouchKind.Call, now, rep, callTime),
    };

    // Of somebody whose zone nobody knows it cannot be said that they sleep.
    public static bool IsOpen(Person person, CallTime callTime, DateTimeOffset now) =>
        (person.Zone is null && callTime.Source == CallTimeSource.WorkingHours) || callTime.Hours.IsOpen(now);

    /// <summary>What prompts advise: their prospects are reading at this minute, so it never holds back.</summary>
    /// <param name="looking">Whom it is about, and whose the prompt is.</param>
    public static async Task<IReadOnlyDictionary<long, string>> PromptAdviceAsync(Session session, IReadOnlyCollection<(long Prospect, long Rep)> looking, DateTimeOffset now)
    {
        var advice = new Dictionary<long, string>();
        var people = await Person.AllAsync(session, [.. looking.Select(l => l.Prospect)]);
        var past = await PastTouches.LoadAsync(session, [.. people.Keys]);
        var agreed = await AgreedHours.LoadAsync(session, [.. people.Keys], now);
        foreach (var of in looking.Where(l => people.ContainsKey(l.Prospect)).ToLookup(l => l.Rep, l => people[l.Prospect]))
        {
            var rep = await RepTimes.LoadAsync(session, of.Key);
            var callTimes = await CallTimeBook.LoadAsync(session, [.. of], rep.Zone);
            foreach (var person in of)
            {
                var answer = Guard.Judge(Facts(person, TouchKind.Call, null, true, false, false, callTimes[person.Id], agreed.Contains(person.Id), rep, [.. past[person.Id]], now));
                advice[person.Id] = answer.Level == GuardLevel.Go ? PromptWording.CallNow : answer.Text;
            }
        }
        return advice;
    }

    public static async Task<bool> IsReadingAsync(Session session, long prospectId) =>
        await session.ScalarAsync<long>("select count(*) from prompts where prospect_id = @prospectId and state = 'open'", new { prospectId }) > 0;
}
