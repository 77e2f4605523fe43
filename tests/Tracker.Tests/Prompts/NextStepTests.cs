using CsCheck;
using Tracker.Domain.FollowUp;

namespace Tracker.Tests.Prompts;

public sealed class NextStepTests
{
    // 2 March 2026 is a Monday.
    static DateTimeOffset March(int day) => new(2026, 3, day, 16, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Outcome.Connected, 2, "call", 4)]
    [InlineData(Outcome.Connected, 5, "call", 9)]
    [InlineData(Outcome.Connected, 6, "call", 10)]
    [InlineData(Outcome.Connected, 7, "call", 10)]
    [InlineData(Outcome.Voicemail, 2, "email", 3)]
    [InlineData(Outcome.Voicemail, 6, "email", 9)]
    [InlineData(Outcome.NoAnswer, 6, "call", 9)]
    [InlineData(Outcome.NoAnswer, 8, "call", 9)]
    [InlineData(Outcome.WrongNumber, 5, "email", 6)]
    [InlineData(Outcome.NotNow, 2, "call", 9)]
    [InlineData(Outcome.NotNow, 7, "call", 16)]
    [InlineData(Outcome.WillCallUs, 8, "call", 16)]
    public void A_missing_next_step_falls_on_a_working_day(Outcome outcome, int day, string kind, int expected)
    {
        var step = NextSteps.Default(outcome, March(day));
        Assert.Equal((kind, March(expected)), (step.Kind, step.At!.Value));
        Assert.NotEmpty(step.Reason);
    }

    [Fact]
    public void Who_asked_for_quiet_gets_no_next_step() => Assert.Equal(("stop", null), (NextSteps.Default(Outcome.Stop, March(2)).Kind, NextSteps.Default(Outcome.Stop, March(2)).At));

    [Fact]
    public void Every_outcome_has_a_next_step_of_a_known_kind() => Assert.All(Enum.GetValues<Outcome>(), o => Assert.Contains(NextSteps.Default(o, March(2)).Kind, NextStep.Kinds));

    [Fact]
    public void Business_days_are_counted_as_on_a_calendar() => Gen.Select(Gen.Int[0, 3_000], Gen.Int[0, 30]).Sample((start, days) =>
    {
        var from = March(2).AddDays(start);
        var to = NextSteps.BusinessDayAfter(from, days);
        Assert.False(to.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);
        Assert.Equal(from.TimeOfDay, to.TimeOfDay);
        var passed = Enumerable.Range(1, (to - from).Days).Count(d => from.AddDays(d).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
        // From a weekend, 0 business days later is the Monday after.
        Assert.Equal(days == 0 && from.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? Math.Max(days, 1) : days, passed);
    }, iter: 3_000);
}
