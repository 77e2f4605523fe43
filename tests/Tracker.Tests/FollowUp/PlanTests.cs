using CsCheck;
using Tracker.Domain.FollowUp;

namespace Tracker.Tests.FollowUp;

public sealed class PlanTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Keys => [.. PlanTemplates.All.Select(t => t.Key)];

    static PlanTemplate Template(string key) => PlanTemplates.Find(key)!;

    static IReadOnlyList<PlannedTouch> Make(string key, double cycle, params (string Kind, int Days)[] anchors) =>
        PlanSchedule.Make(Template(key), new(Now, cycle, anchors.ToDictionary(a => a.Kind, a => Now.AddDays(a.Days))));

    [Fact]
    public void Eight_plans_ship() => Assert.Equal(
        ["afterMeeting", "proposalSent", "awaitingItems", "referral", "conference", "cold", "lead", "winBack"], PlanTemplates.All.Select(t => t.Key));

    [Theory]
    [MemberData(nameof(Keys))]
    public void No_shipped_plan_has_three_of_a_kind_in_a_row(string key)
    {
        foreach (var cycle in new[] { 7.0, 30, 60, 120, 365 })
        {
            foreach (var review in new[] { 1, 3, 9, 20 })
            {
                var kinds = Make(key, cycle, ("review", review), ("contractEnd", 90), ("budget", 120), ("holiday", 30)).Select(t => t.Kind).ToList();
                for (var i = 0; i < 20; i++)
                {
                    kinds.Add(PlanSchedule.After(Template(key), kinds, Now, cycle).Kind);
                }
                for (var i = 2; i < kinds.Count; i++)
                {
                    Assert.False(kinds[i] == kinds[i - 1] && kinds[i] == kinds[i - 2], $"{key}, cycle {cycle}, review {review}: {string.Join(' ', kinds)}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void After_a_mail_comes_a_call_in_every_shipped_plan(string key)
    {
        foreach (var cycle in new[] { 60.0, 120, 365 })
        {
            var kinds = Make(key, cycle).Select(t => t.Kind).ToList();
            for (var i = 0; i < 20; i++)
            {
                kinds.Add(PlanSchedule.After(Template(key), kinds, Now, cycle).Kind);
            }
            Assert.All(kinds.Zip(kinds.Skip(1)).Where(pair => pair.First == TouchKind.Email), pair => Assert.True(TouchKinds.IsPhone(pair.Second), $"{key}, cycle {cycle}: {string.Join(' ', kinds)}"));
        }
    }

    [Theory]
    [InlineData("afterMeeting", "contractEnd", TouchKind.Email, 70)]
    [InlineData("afterMeeting", "budget", TouchKind.Call, 40)]
    [InlineData("afterMeeting", "holiday", TouchKind.Card, 93)]
    [InlineData("cold", "holiday", null, 0)]
    public void A_date_that_becomes_known_brings_the_touch_that_hangs_on_it(string key, string date, TouchKind? kind, int day)
    {
        var hanging = PlanSchedule.Hanging(Template(key), date, new(Now, 60, new Dictionary<string, DateTimeOffset> { [date] = Now.AddDays(100), ["other"] = Now.AddDays(50) }));
        Assert.Equal(kind is { } k ? [(k, Now.AddDays(day))] : [], hanging.Select(t => (t.Kind, t.At)));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void One_part_is_first_contact_and_at_least_four_are_follow_up_each_with_a_reason(string key)
    {
        Assert.True(Template(key).Touches.Count >= 5);
        Assert.All(Template(key).Touches, t => Assert.False(ReasonRules.IsCheckIn(t.Kind, t.Reason)));
        Assert.All(Template(key).Touches.Where(t => t.Topic is not null), t => Assert.Contains(ShippedBanks.All, b => b.Bank == ShippedBanks.Reasons && b.Topic == t.Topic));
    }

    [Fact]
    public void Nine_kinds_of_touch_are_there() => Assert.Equal(
        ["call", "voicemail", "email", "note", "card", "gift", "visit", "referrer", "meeting"], Enum.GetValues<TouchKind>().Select(TouchKinds.Name));

    [Fact]
    public void Days_come_from_the_teams_own_median_and_a_stated_default_until_ten_are_won()
    {
        Assert.Equal(new SalesCycle(60, 9, true), SalesCycle.Of([10, 11, 12, 13, 14, 15, 16, 17, 18]));
        Assert.Equal(new SalesCycle(14.5, 10, false), SalesCycle.Of([10, 11, 12, 13, 14, 15, 16, 17, 18, 400]));
        Assert.Equal(7, SalesCycle.Of([.. Enumerable.Repeat(1.0, 12)]).Days);
        // A cycle twice as long spreads the same plan over twice the time.
        var (slow, fast) = (Make("conference", 120)[^1].At - Now, Make("conference", 60)[^1].At - Now);
        Assert.Equal((90, 45), (slow.Days, fast.Days));
    }

    [Fact]
    public void A_touch_may_hang_on_a_date_and_is_left_out_when_there_is_none()
    {
        Assert.DoesNotContain(Make("afterMeeting", 60), t => t.Reason.Contains("contract", StringComparison.Ordinal));
        Assert.Equal(Now.AddDays(70), Make("afterMeeting", 60, ("contractEnd", 100)).Single(t => t.Reason.Contains("contract", StringComparison.Ordinal)).At);
        Assert.DoesNotContain(Make("afterMeeting", 60, ("contractEnd", 10)), t => t.Reason.Contains("contract", StringComparison.Ordinal));
    }

    [Fact]
    public void Awaiting_items_asks_every_week_by_phone_and_by_mail_and_never_runs_out()
    {
        var plan = Make("awaitingItems", 60).ToList();
        for (var i = 0; i < 52; i++)
        {
            plan.Add(PlanSchedule.After(Template("awaitingItems"), [.. plan.Select(t => t.Kind)], plan[^1].At, 60));
        }
        for (var i = 1; i < plan.Count; i++)
        {
            Assert.True(TouchKinds.IsPhone(plan[i].Kind) && plan[i].Also == TouchKind.Email);
            Assert.Equal(7, (plan[i].At - plan[i - 1].At).TotalDays);
        }
    }

    static PlanFacts Facts(TouchKind planned, params PastTouch[] past) => new() { Now = Now, IsForItems = false, Planned = planned, Past = past };

    static PastTouch Past(TouchKind kind, bool answered = false) => new(kind, Now.AddDays(-2), answered);

    [Fact]
    public void What_does_not_work_is_changed()
    {
        Assert.Equal(TouchKind.Call, PlanRules.Decide(Facts(TouchKind.Email, Past(TouchKind.Email))).Kind);
        Assert.Equal(TouchKind.Email, PlanRules.Decide(Facts(TouchKind.Call, Past(TouchKind.Call), Past(TouchKind.Call))).Kind);
        Assert.Equal(TouchKind.Call, PlanRules.Decide(Facts(TouchKind.Card, Past(TouchKind.Email))).Kind);
        Assert.Equal(TouchKind.Visit, PlanRules.Decide(Facts(TouchKind.Visit, Past(TouchKind.Email))).Kind);
        Assert.Equal(TouchKind.Card, PlanRules.Decide(Facts(TouchKind.Card, Past(TouchKind.Card))).Kind);
        Assert.Equal(TouchKind.Referrer, PlanRules.Decide(Facts(TouchKind.Email) with { NothingRead = true, ColleagueReads = true }).Kind);
        Assert.Equal(TouchKind.Call, PlanRules.Decide(Facts(TouchKind.Email) with { MailFails = true }).Kind);
        Assert.Equal(TouchKind.Email, PlanRules.Decide(Facts(TouchKind.Email, Past(TouchKind.Email, answered: true))).Kind);
    }

    [Theory]
    [InlineData(1, false, PlanOffer.None)]
    [InlineData(2, false, PlanOffer.PushBack)]
    [InlineData(6, false, PlanOffer.PushBack)]
    [InlineData(6, true, PlanOffer.BreakUp)]
    public void It_offers_the_push_back_after_two_unanswered_mails_and_the_break_up_when_nothing_is_read(int mails, bool nothingRead, PlanOffer expected)
    {
        Assert.Equal(expected, PlanRules.Decide(Facts(TouchKind.Call, [.. Enumerable.Repeat(Past(TouchKind.Email), mails)]) with { NothingRead = nothingRead }).Offer);
        Assert.Equal(PlanOffer.None, PlanRules.Decide(Facts(TouchKind.Call, [.. Enumerable.Repeat(Past(TouchKind.Email), mails)]) with { NothingRead = nothingRead, IsForItems = true }).Offer);
    }

    static readonly Gen<PlanFacts> Any = Gen.Select(Gen.Enum<TouchKind>(), Gen.Bool.Array[8], Gen.Select(Gen.Enum<TouchKind>(), Gen.Bool, (k, a) => Past(k, a)).Array[0, 10], (kind, f, past) => new PlanFacts
    {
        Now = Now, Planned = kind, IsForItems = f[0], SaidReady = f[1], Replied = f[2], AwayUntil = f[3] ? Now.AddDays(3) : null, AgreedLater = f[4] ? Now.AddDays(9) : null, MailFails = f[5], NothingRead = f[6], ColleagueReads = f[7], Past = past,
    });

    [Fact]
    public void No_plan_acts_past_stop() => Any.Sample(f => PlanRules.Decide(f with { SaidStop = true }).Action == PlanAction.End, iter: 10_000);

    [Fact]
    public void It_pauses_on_a_reply_an_absence_or_an_agreed_date_and_ends_on_ready() => Any.Sample(f =>
    {
        var expected = f.SaidReady ? PlanAction.End : f.Replied || f.AwayUntil is not null || f.AgreedLater is not null ? PlanAction.Pause : PlanAction.Touch;
        return PlanRules.Decide(f).Action == expected;
    }, iter: 10_000);

    [Fact]
    public void Awaiting_items_is_never_stopped_by_its_own_repetition() => Any.Sample(f =>
    {
        var decision = PlanRules.Decide(f with { IsForItems = true, SaidReady = false, Replied = false, AwayUntil = null, AgreedLater = null, MailFails = false });
        return decision.Action == PlanAction.Touch && decision.Kind == f.Planned && decision.Offer == PlanOffer.None;
    }, iter: 10_000);
}
