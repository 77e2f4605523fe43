using CsCheck;
using Tracker.Domain.FollowUp;

namespace Tracker.Tests.FollowUp;

public sealed class TimingTests
{
    static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York"), Utc = TimeZoneInfo.Utc;

    static DateTimeOffset At(int month, int day, int hour, int minute = 0) => new(2026, month, day, hour, minute, 0, TimeSpan.Zero);

    static CallTime Usual(TimeZoneInfo zone) => CallTimes.Best(zone, null, [], 0.2);

    [Theory]
    // 2 March 2026 is a Monday; Berlin is UTC+1, New York UTC-5.
    [InlineData("in both hours at once", 3, 2, 10, 0, 3, 2, 10, 0)]
    [InlineData("in the evening: the next morning", 3, 2, 18, 0, 3, 3, 8, 0)]
    [InlineData("on Saturday: on Monday", 3, 7, 12, 0, 3, 9, 8, 0)]
    [InlineData("on a day off: the day after it", 3, 4, 9, 0, 3, 5, 8, 0)]
    [InlineData("after the change to summer time an hour earlier", 3, 29, 12, 0, 3, 30, 7, 0)]
    public void A_call_is_planned(string what, int month, int day, int hour, int minute, int expectedMonth, int expectedDay, int expectedHour, int expectedMinute)
    {
        var rep = RepTime.Usual(Berlin) with { DaysOff = new HashSet<DateOnly> { new(2026, 3, 4) } };
        Assert.True(At(expectedMonth, expectedDay, expectedHour, expectedMinute) == Slots.Next(TouchKind.Call, At(month, day, hour, minute), rep, Usual(Berlin)), what);
    }

    [Fact]
    public void Across_zones_it_is_where_both_days_meet() =>
        // Nine in New York is two in Berlin's afternoon UTC; the rep works from 8 to 16 UTC.
        Assert.Equal(At(3, 2, 14), Slots.Next(TouchKind.Call, At(3, 2, 8), RepTime.Usual(Berlin), Usual(NewYork)));

    [Fact]
    public void What_was_agreed_outranks_the_reps_hours_but_not_their_days_off()
    {
        var agreed = CallTimes.Best(Berlin, new(Berlin, new HashSet<DayOfWeek> { DayOfWeek.Tuesday, DayOfWeek.Wednesday }, TimeSpan.FromHours(19), TimeSpan.FromHours(20)), [], 0.2);
        var rep = RepTime.Usual(Berlin) with { DaysOff = new HashSet<DateOnly> { new(2026, 3, 3) } };
        Assert.Equal(At(3, 4, 18), Slots.Next(TouchKind.Call, At(3, 2, 9), rep, agreed));
    }

    [Fact]
    public void The_best_time_is_agreed_else_learned_else_working_hours()
    {
        HourCalls[] calls = [new(9, 6, 0), new(15, 6, 5), new(16, 2, 1)];
        var learned = CallTimes.Best(Berlin, null, calls, 0.2);
        Assert.Equal((CallTimeSource.Learned, 14, TimeSpan.FromHours(15)), (learned.Source, learned.Sample, learned.Hours.From));
        Assert.Contains("14 calls", learned.Text, StringComparison.Ordinal);
        Assert.Equal(CallTimeSource.Agreed, CallTimes.Best(Berlin, WorkingHours.Usual(Berlin), calls, 0.2).Source);
        Assert.Equal(CallTimeSource.WorkingHours, CallTimes.Best(Berlin, null, [new(15, 5, 5)], 0.2).Source);
    }

    [Fact]
    public void Few_calls_pull_little()
    {
        // One answered call of one is no 100 %: (1 + 4 × 0.2) / (1 + 4).
        Assert.Equal(0.36, CallTimes.Rate([new(10, 1, 1)], 10, 0.2), 6);
        Assert.Equal(0.2, CallTimes.Rate([], 10, 0.2), 6);
        Assert.InRange(CallTimes.Rate([new(10, 100, 80)], 10, 0.2), 0.75, 0.80);
    }

    static readonly TimeZoneInfo[] Zones = [Berlin, NewYork, Utc, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata"), TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland")];

    static readonly Gen<RepTime> Reps = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 700].Array[0, 40], (zone, off) => RepTime.Usual(Zones[zone]) with { DaysOff = off.Select(d => new DateOnly(2026, 1, 1).AddDays(d)).ToHashSet() });

    static readonly Gen<CallTime> Theirs = Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Int[0, 6], Gen.Int[0, 22], (zone, agreed, day, hour) => CallTimes.Best(
        Zones[zone], agreed ? new(Zones[zone], new HashSet<DayOfWeek> { (DayOfWeek)day, (DayOfWeek)((day + 2) % 7) }, TimeSpan.FromHours(hour), TimeSpan.FromHours(hour + 1)) : null, [], 0.2));

    [Fact]
    public void No_call_is_ever_planned_outside_their_hours_or_on_a_day_off() => Gen.Select(Reps, Theirs, Gen.Int[0, 500_000]).Sample((rep, theirs, minutes) =>
    {
        var wanted = At(1, 1, 0).AddMinutes(minutes);
        var at = Slots.Next(TouchKind.Call, wanted, rep, theirs);
        // An agreed hour on a day the rep never works has no moment at all; then only the rep's own days are kept.
        var possible = Enumerable.Range(0, 190).Any(d => theirs.Hours.On(WorkingHours.DayOf(theirs.Hours.Zone, wanted).AddDays(d)) is { } open && (rep.Works(rep.DayOf(open.From)) || rep.Works(rep.DayOf(open.To.AddTicks(-1)))));
        Assert.True(at >= wanted);
        Assert.True(rep.Works(rep.DayOf(at)), $"{at} is a day off");
        Assert.True(!possible || theirs.Hours.IsOpen(at), $"{at} is outside {theirs.Text}");
    }, iter: 3_000);

    [Fact]
    public void No_mail_is_ever_planned_on_a_day_off() => Gen.Select(Reps, Theirs, Gen.Int[0, 500_000]).Sample((rep, theirs, minutes) =>
    {
        var wanted = At(1, 1, 0).AddMinutes(minutes);
        var at = Slots.Next(TouchKind.Email, wanted, rep, theirs);
        return at >= wanted && rep.Works(rep.DayOf(at));
    }, iter: 3_000);
}
