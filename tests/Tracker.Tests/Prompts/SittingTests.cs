using Tracker.Domain.Prompts;

namespace Tracker.Tests.Prompts;

public sealed class SittingTests
{
    static readonly DateTimeOffset Nine = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan Gap = TimeSpan.FromMinutes(30);

    static Sitting After(params (double Seconds, bool Click)[] looks) =>
        looks.Aggregate((Sitting?)null, (before, look) => Sitting.After(before, Nine.AddSeconds(look.Seconds), look.Click, Gap))!;

    [Fact]
    public void The_first_look_begins_the_first_sitting()
    {
        Assert.Equal(new(Nine, Nine, 1, 0, 1), After((0, false)));
        Assert.Equal(new(Nine, Nine, 1, 1, 1), After((0, true)));
    }

    [Fact]
    public void What_follows_within_ten_seconds_is_the_same_look() =>
        Assert.Equal(new(Nine, Nine.AddSeconds(18), 1, 1, 1), After((0, false), (9, true), (18, false)));

    [Theory]
    [InlineData(9.999, 1)]
    [InlineData(10, 2)]
    [InlineData(1800, 2)]
    public void Later_it_is_another_look(double seconds, int looks) => Assert.Equal((looks, 1), (After((0, false), (seconds, false)).Looks, After((0, false), (seconds, false)).Number));

    [Fact]
    public void A_pause_longer_than_the_gap_begins_another_sitting()
    {
        Assert.Equal(new(Nine, Nine.AddMinutes(30), 2, 1, 1), After((0, true), (1800, false)));
        Assert.Equal(new(Nine.AddSeconds(1800.001), Nine.AddSeconds(1800.001), 1, 1, 2), After((0, true), (1800.001, true)));
    }

    [Fact]
    public void The_pause_counts_from_the_last_look_and_not_from_the_first() => Assert.Equal((3, 1), (After((0, false), (1700, false), (3400, false)).Looks, After((0, false), (1700, false), (3400, false)).Number));

    [Fact]
    public void A_look_that_arrives_late_counts_and_takes_nothing_back()
    {
        var sitting = After((0, false), (600, false), (300, true));
        Assert.Equal(new(Nine, Nine.AddSeconds(600), 3, 1, 1), sitting);
    }

    [Fact]
    public void A_late_look_from_just_before_moves_the_beginning() =>
        Assert.Equal(new(Nine.AddSeconds(-60), Nine, 2, 0, 1), After((0, false), (-60, false)));

    [Fact]
    public void A_late_look_from_yesterday_does_not_make_this_sitting_a_day_long()
    {
        var sitting = After((0, false), (-86_400, false));
        Assert.Equal((Nine, Nine), (sitting.StartedAt, sitting.LastAt));
    }
}
