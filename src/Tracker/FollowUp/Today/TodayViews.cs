using Tracker.FollowUp.Touches;

namespace Tracker.FollowUp.Today;

/// <param name="Live">They are reading now.</param>
/// <param name="Missed">They were reading, and nobody called.</param>
/// <param name="Owed">Prospects to whom a touch is due today or overdue.</param>
/// <param name="Reading">They never answer and keep looking.</param>
/// <param name="WaitingOnThem">Deals in which the rep waits for the customer.</param>
/// <param name="Orphans">Live prospects without a dated next step: always 0, or something is wrong.</param>
public sealed record TodayCounts(long Live, long Missed, long Owed, long Reading, long WaitingOnThem, long Orphans);

/// <param name="Source">agreed, learned or workingHours.</param>
/// <param name="Sample">Calls that it was learned from.</param>
/// <param name="NextAt">When it next begins, on a day that the rep works; now when it is open.</param>
public sealed record CallTimeView(string Text, string Source, long Sample, bool OpenNow, DateTimeOffset NextAt);

/// <param name="Minutes">Invested in conversations.</param>
/// <param name="Chasing">The proposal went out without a date to review it.</param>
public sealed record TodayDeal(string Id, string? Title, string Stage, string StageLabel, decimal Value, long Minutes, long Touches, bool Chasing);

/// <param name="Key">vanished, proposalSent, metNoNextStep, conference, manyMails, coldCallVoicemail or coldMail.</param>
/// <param name="Kind">The touch that the way out begins with.</param>
/// <param name="Plan">Template that fits; null: the running one.</param>
public sealed record SituationView(string Key, string Diagnosis, string WayOut, string Kind, string? Plan);

/// <param name="Offer">none, pushBack or breakUp: a message that the plan offers beside its next touch.</param>
public sealed record TodayPlan(string Id, string Template, string Name, string State, string? TouchId, string Offer);

/// <param name="Section">live, missed, owed or reading; the list is in this order.</param>
/// <param name="Heat">Points now.</param>
/// <param name="Kind">The touch to make.</param>
/// <param name="Also">A second kind on the same occasion.</param>
/// <param name="DueAt">Since when it is owed; of live and reading: the last look.</param>
/// <param name="Source">Where it comes from: prompt, reading, or the obligation's source.</param>
/// <param name="Reason">Why to get in touch.</param>
/// <param name="Reasons">What they did, for live and missed prompts.</param>
/// <param name="OpeningLine">First words of the call, from facts; never says that we watch.</param>
/// <param name="Advice">What the guard says: go, advise, holdBack or refuse.</param>
/// <param name="Situation">One of the seven that reps get stuck in, with its way out; null: none.</param>
/// <param name="Objection">The last one they had.</param>
/// <param name="Interests">Names of links that they followed, the latest first.</param>
/// <param name="OpenItems">What they promised and have not sent.</param>
/// <param name="Moved">How often what is owed was moved.</param>
/// <param name="WaitingOnThem">Why it looks as if the rep waits; null when it does not.</param>
public sealed record TodayItem(
    string Section, string ProspectId, string Email, string? Name, string? Phone, string? Company, double Heat, DateTimeOffset? LastEngagedAt, TodayDeal? Deal, string Kind, string? Also,
    DateTimeOffset DueAt, string Source, string Reason, IReadOnlyList<string> Reasons, string OpeningLine, GuardView Advice, CallTimeView CallTime, SituationView? Situation, string? Objection,
    string? FactFind, IReadOnlyList<string> Interests, IReadOnlyList<string> OpenItems, TodayPlan? Plan, string? PromptId, string? ObligationId, long Moved, string? WaitingOnThem);

public sealed record WaitingView(string ProspectId, string DealId, string Email, string? Name, string? Company, string Stage, decimal Value, string Why);

public sealed record OrphanView(string ProspectId, string DealId, string Email, string? Name, string Stage);

/// <param name="Rep">Whose list; null: everybody's.</param>
/// <param name="Items">At most `limit`, each prospect once.</param>
public sealed record TodayView(
    DateTimeOffset AsOf, string? Rep, TodayCounts Counts, IReadOnlyList<TodayItem> Items, IReadOnlyList<WaitingView> WaitingOnThem, IReadOnlyList<OrphanView> Orphans);
