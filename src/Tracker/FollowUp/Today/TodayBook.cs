using System.Text.Json;
using Tracker.Domain.FollowUp;
using Tracker.Domain.Scoring;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Plans;
using Tracker.FollowUp.Touches;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Today;

/// <summary>The call list.</summary>
public static class TodayBook
{
    const string SilentReader = "they never answer and keep reading: silence is not disinterest";

    /// <param name="repId">Null: everybody's.</param>
    public static async Task<TodayView> ReadAsync(Session session, long? repId, string? rep, int limit, HeatScale scale, DateTimeOffset now)
    {
        var time = repId is { } one ? await RepTimes.LoadAsync(session, one) : RepTime.Usual(TimeZoneInfo.Utc);
        var endOfDay = WorkingHours.Moment(time.Zone, time.DayOf(now).AddDays(1), TimeSpan.Zero);
        var entries = await TodayEntries.LoadAsync(session, repId, scale, endOfDay, now);
        var page = await TodayEntries.TellAsync(session, entries.Take(limit));
        var facts = await TodayFacts.LoadAsync(session, [.. page.Select(e => e.ProspectId)], repId, now);
        var (waiting, orphans) = (await DealLists.WaitingAsync(session, repId, now), await DealLists.OrphansAsync(session, repId));
        long Count(CallSection section) => entries.Count(e => e.Order.Section == section);
        return new(
            now, rep, new(Count(CallSection.Live), Count(CallSection.Missed), Count(CallSection.Owed), Count(CallSection.Reading), waiting.Count, orphans.Count),
            [.. page.Select(e => Item(e, facts, scale, now))], waiting.Items, orphans.Items);
    }

    static TodayItem Item(TodayEntry entry, TodayFacts facts, HeatScale scale, DateTimeOffset now)
    {
        var person = facts.People[entry.ProspectId];
        var deal = facts.Deals.GetValueOrDefault(person.Id);
        var plan = facts.Plans.GetValueOrDefault(person.Id);
        var past = facts.Past[person.Id].ToList();
        var live = entry.Order.Section == CallSection.Live;
        var (kind, reason) = What(entry);
        var callTime = facts.CallTimes[person.Id];
        var guard = Guard.Judge(GuardBook.Facts(person, kind, entry.Owed?.Reason, live, false, plan?.Template == PlanTemplates.AwaitingItems, callTime, facts.AgreedNow.Contains(person.Id), facts.Rep, past, now) with
        {
            ReasonUsed = entry.Owed is { } o && facts.UsedReasons.Contains((person.Id, o.Kind, o.Reason)) && o.Source == ObligationSources.Plan,
        });
        var waiting = deal is { ClosedAtMs: null } ? Waiting.OnThem(deal.Stage, Times.Of(deal.StageSinceMs), Times.Of(person.LastTouchAtMs), (int)(entry.Owed?.Moved ?? 0), now) : null;
        return new(
            Names.Of(entry.Order.Section), Ids.Text(person.Id), person.Email, person.Name, person.Phone, person.Company, scale.HeatAt(person.HeatKey, now), Times.Of(person.LastEngagedAtMs),
            deal?.ToView(), TouchKinds.Name(kind), entry.Prompt is null ? entry.Owed?.AlsoKind : null, entry.Order.At, entry.Prompt is not null ? "prompt" : entry.Owed?.Source ?? "reading", reason,
            entry.Prompt is { } prompt ? JsonSerializer.Deserialize<string[]>(prompt.Reasons)! : [], Opening(entry, person, deal, facts), GuardView.Of(guard), CallTime(callTime, person, facts.Rep, now),
            Situation(person, deal, plan, past, facts, now), person.Objection, person.FactFind, [.. facts.Interests[person.Id].Take(5)], [.. facts.OpenItems[person.Id]],
            plan is null ? null : Plan(plan, entry, person, past, kind, now), entry.Prompt is { } p ? Ids.Text(p.Id) : null, entry.Owed is { } owed ? Ids.Text(owed.Id) : null, entry.Owed?.Moved ?? 0, waiting);
    }

    static (TouchKind Kind, string Reason) What(TodayEntry entry) => entry switch
    {
        { Prompt.State: "expired" } => (TouchKind.Call, "a missed call: they were reading, and nobody called"),
        { Prompt: not null } => (TouchKind.Call, "they are thinking about you now"),
        { Owed: { } owed } => (TouchKinds.Parse(owed.Kind) ?? TouchKind.Call, owed.Reason),
        _ => (TouchKind.Call, SilentReader),
    };

    static string Opening(TodayEntry entry, Person person, DealOfToday? deal, TodayFacts facts)
    {
        var items = facts.OpenItems[person.Id].ToList();
        var isRevival = entry.Owed?.Reason.StartsWith(Revival.Reason, StringComparison.Ordinal) == true;
        // A missed call or somebody's reading is our reason, not one to tell them; neither is what to write on a card.
        var tellable = entry.Owed is { Source: ObligationSources.Plan } plan && TouchKinds.Parse(plan.Kind) is { } kind && (TouchKinds.NeedsTheirHours(kind) || kind == TouchKind.Email) ? plan.Reason : null;
        return OpeningLines.Of(
            new(person.Name, person.Company, facts.Interests[person.Id].FirstOrDefault(), person.Objection, tellable,
                items.Count == 0 ? null : string.Join(" and ", items.Take(2)), facts.Referrers.GetValueOrDefault(person.Id), deal?.Stage is Stage.ProposalSent or Stage.Deciding,
                isRevival, isRevival ? null : Occasion(entry)), facts.Openings);
    }

    // Who is called because they read was not promised a call.
    static string? Occasion(TodayEntry entry) => entry.Prompt is not null ? null : entry.Owed switch
    {
        { Source: ObligationSources.Answer } => entry.Owed.Reason == AnswersHeard.AnswerThem ? OpeningLines.Answer : null,
        { Source: ObligationSources.Step } => OpeningLines.OccasionOf(entry.Owed.Reason),
        _ => null,
    };

    internal static CallTimeView CallTime(CallTime time, Person person, RepTime rep, DateTimeOffset now) => new(
        person.Zone is null && time.Source == CallTimeSource.WorkingHours ? CallTimes.OfUnknownZone(time.Hours) : time.Text, Names.Of(time.Source), time.Sample, time.Hours.IsOpen(now),
        Slots.Next(TouchKind.Call, now, rep, time));

    static SituationView? Situation(Person person, DealOfToday? deal, PlanRow? plan, IReadOnlyList<PastTouch> past, TodayFacts facts, DateTimeOffset now) => SituationOf(new()
    {
        Now = now, Stage = deal?.Stage, StageSince = Times.Of(deal?.StageSinceMs), HasNextStep = plan is not null || facts.Agreed.Contains(person.Id), ReviewAgreed = deal?.ReviewAtMs is not null, Template = plan?.Template,
        MailsSent = (int)facts.Mails.GetValueOrDefault(person.Id), EverAnswered = person.AnsweredAtMs is not null, Sittings = (int)person.Sittings, LastReadAt = Times.Of(person.LastEngagedAtMs), Past = past,
    });

    internal static SituationView? SituationOf(SituationFacts facts) =>
        Situations.Of(facts) is { } s ? new(s.Key, s.Diagnosis, s.WayOut, TouchKinds.Name(s.Kind), s.Template) : null;

    static TodayPlan Plan(PlanRow plan, TodayEntry entry, Person person, IReadOnlyList<PastTouch> past, TouchKind kind, DateTimeOffset now)
    {
        var offer = PlanRules.Decide(new()
        {
            Now = now, IsForItems = plan.Template == PlanTemplates.AwaitingItems, Planned = kind, NothingRead = !(person.LastEngagedAtMs >= plan.StartedAtMs), Past = past,
        }).Offer;
        return new(Ids.Text(plan.Id), plan.Template, PlanTemplates.Find(plan.Template)?.Name ?? plan.Template, plan.State, null, Names.Of(offer));
    }
}
