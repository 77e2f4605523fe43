using CsCheck;
using Tracker.Domain.FollowUp;

namespace Tracker.Tests.FollowUp;

public sealed class GuardTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 5, 10, 0, 0, TimeSpan.Zero);

    static PastTouch Past(TouchKind kind, double daysAgo, bool answered = false, bool checkIn = false) => new(kind, Now.AddDays(-daysAgo), answered, checkIn);

    static GuardFacts Facts(TouchKind kind, params PastTouch[] past) => new() { Kind = kind, Now = Now, Past = past };

    public static TheoryData<string, GuardFacts, GuardLevel, string> Table => new()
    {
        { "nothing was done yet", Facts(TouchKind.Call), GuardLevel.Go, "fine" },
        { "two calls without a voicemail", Facts(TouchKind.Call, Past(TouchKind.Call, 2), Past(TouchKind.Call, 4)), GuardLevel.Advise, "leave-voicemail" },
        { "a voicemail was between", Facts(TouchKind.Call, Past(TouchKind.Call, 2), Past(TouchKind.Voicemail, 4), Past(TouchKind.Call, 6)), GuardLevel.Go, "fine" },
        { "three check-ins in a row", Facts(TouchKind.Email, Past(TouchKind.Email, 3, checkIn: true), Past(TouchKind.Email, 10, checkIn: true), Past(TouchKind.Email, 20, checkIn: true)) with { IsCheckIn = true }, GuardLevel.HoldBack, "checking-in" },
        { "two check-ins in a row", Facts(TouchKind.Note, Past(TouchKind.Email, 3, checkIn: true), Past(TouchKind.Email, 10, checkIn: true)) with { IsCheckIn = true }, GuardLevel.Go, "fine" },
        { "three touches this week", Facts(TouchKind.Note, Past(TouchKind.Call, 1), Past(TouchKind.Email, 3), Past(TouchKind.Call, 5)), GuardLevel.HoldBack, "weekly-cap" },
        { "three this week, and they answered one", Facts(TouchKind.Note, Past(TouchKind.Call, 1), Past(TouchKind.Email, 3, answered: true), Past(TouchKind.Call, 5)), GuardLevel.Go, "fine" },
        { "yesterday evening", Facts(TouchKind.Note, Past(TouchKind.Email, 0.6)), GuardLevel.HoldBack, "gap" },
        { "phone and mail on one day are one touch", Facts(TouchKind.Call, Past(TouchKind.Email, 0.1)), GuardLevel.Go, "fine" },
        { "the second mail of the day", Facts(TouchKind.Email, Past(TouchKind.Email, 0.1)), GuardLevel.HoldBack, "gap" },
        { "outside their hours", Facts(TouchKind.Call) with { InCallTime = false, NextCallTime = Now.AddHours(20) }, GuardLevel.HoldBack, "outside-hours" },
        { "mail is not bound by hours", Facts(TouchKind.Email) with { InCallTime = false }, GuardLevel.Go, "fine" },
        { "they are away", Facts(TouchKind.Email) with { AwayUntil = Now.AddDays(3) }, GuardLevel.HoldBack, "away" },
        { "they said stop", Facts(TouchKind.Email) with { SaidStop = true }, GuardLevel.Refuse, "said-stop" },
        { "they said stop, and call us", Facts(TouchKind.Call) with { SaidStop = true, TheyCalled = true }, GuardLevel.Go, "they-called" },
        { "they said stop, and read", Facts(TouchKind.Call) with { SaidStop = true, IsReading = true }, GuardLevel.Advise, "reading-after-stop" },
        { "they read outside their hours", Facts(TouchKind.Call) with { IsReading = true, InCallTime = false, NextCallTime = Now.AddHours(20) }, GuardLevel.Advise, "reading-outside-hours" },
        { "the same reason by the same kind", Facts(TouchKind.Card) with { ReasonUsed = true }, GuardLevel.Refuse, "same-reason" },
        { "the same reason, about promised items", Facts(TouchKind.Call) with { ReasonUsed = true, OnPromisedItems = true }, GuardLevel.Go, "fine" },
        { "the last mail is unanswered", Facts(TouchKind.Email, Past(TouchKind.Email, 4)), GuardLevel.Advise, "call-after-mail" },
        { "two cards went unanswered", Facts(TouchKind.Card, Past(TouchKind.Card, 8), Past(TouchKind.Card, 20)), GuardLevel.Advise, "switch-kind" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Decides(string because, GuardFacts facts, GuardLevel level, string rule)
    {
        var answer = Guard.Judge(facts);
        Assert.True((level, rule) == (answer.Level, answer.Rule), $"{because}: {answer}");
        Assert.NotEmpty(answer.Text);
    }

    static readonly Gen<TouchKind> Kinds = Gen.Enum<TouchKind>();

    static readonly Gen<GuardFacts> Any = Gen.Select(Kinds, Gen.Bool.Array[8], Gen.Select(Kinds, Gen.Double[0, 60], Gen.Bool, Gen.Bool, (kind, days, answered, check) => Past(kind, days, answered, check)).Array[0, 12],
        (kind, flags, past) => new GuardFacts
        {
            Kind = kind, Now = Now, TheyCalled = flags[0], IsReading = flags[1], SaidStop = flags[2], OnPromisedItems = flags[3], IsCheckIn = flags[4], ReasonUsed = flags[5], InCallTime = flags[6],
            AwayUntil = flags[7] ? Now.AddDays(4) : null, NextCallTime = Now.AddHours(9), Past = [.. past.OrderByDescending(p => p.At)],
        });

    [Fact]
    public void It_never_keeps_a_rep_from_answering_a_prospects_call() =>
        Any.Sample(facts => Guard.Judge(facts with { TheyCalled = true }).Level == GuardLevel.Go, iter: 20_000);

    [Fact]
    public void It_never_keeps_a_rep_from_calling_one_who_is_reading() =>
        Any.Sample(facts => Guard.Judge(facts with { IsReading = true, Kind = TouchKind.Call }).Level <= GuardLevel.Advise, iter: 20_000);

    [Fact]
    public void Whoever_said_stop_is_refused_unless_they_move_themselves() => Any.Sample(facts =>
    {
        var answer = Guard.Judge(facts with { SaidStop = true });
        return answer.Level == GuardLevel.Refuse || facts.TheyCalled || (facts.IsReading && TouchKinds.IsPhone(facts.Kind));
    }, iter: 20_000);

    [Fact]
    public void A_weekly_check_in_on_promised_items_is_never_stopped_by_its_own_repetition()
    {
        // By phone and by mail every week, never answered, for a year; each with the same reason.
        for (var weeks = 1; weeks <= 52; weeks++)
        {
            var past = Enumerable.Range(1, weeks).Select(w => new PastTouch(TouchKind.Call, Now.AddDays(-7 * w), false, false, TouchKind.Email)).ToArray();
            var answer = Guard.Judge(Facts(TouchKind.Call, past) with { OnPromisedItems = true, ReasonUsed = true, IsCheckIn = true });
            Assert.True(answer.Level <= GuardLevel.Advise, $"week {weeks}: {answer}");
            Assert.True(Guard.Judge(Facts(TouchKind.Email, [new PastTouch(TouchKind.Call, Now.AddHours(-1), false), .. past]) with { OnPromisedItems = true, ReasonUsed = true, IsCheckIn = true }).Level <= GuardLevel.Advise);
        }
    }

    [Fact]
    public void What_it_holds_back_or_refuses_can_be_overridden_and_only_that() =>
        Any.Sample(facts => Guard.Judge(facts) is var answer && answer.CanOverride == answer.Level is GuardLevel.HoldBack or GuardLevel.Refuse, iter: 5_000);
}
