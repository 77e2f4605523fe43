using Tracker.Domain.Scoring;

namespace Tracker.Tests.Scoring;

/// <summary>How long it holds, and that where it ends, it says so.</summary>
public sealed class HeatRangeTests
{
    static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly HeatScale Hourly = new(TimeSpan.FromHours(1));

    [Theory]
    [InlineData(1, 59)]
    [InlineData(2, 119)]
    [InlineData(72, 4_300)]
    [InlineData(8_760, 7_900)]
    public void It_holds_for_decades_at_any_half_life(int hours, int years)
    {
        var scale = new HeatScale(TimeSpan.FromHours(hours));
        foreach (var at in new[] { Epoch, Epoch.AddYears(years / 2), Epoch.AddYears(years) })
        {
            var key = scale.Add(scale.Add(HeatScale.Cold, 1000, at), 0.001, at);
            Assert.Equal(1000.001, scale.HeatAt(key, at), 1e-9);
            Assert.Equal(500.0005, scale.HeatAt(key, at.AddHours(hours)), 1e-9);
            // One millisecond still makes a difference.
            Assert.True(scale.Add(HeatScale.Cold, 1, at.AddMilliseconds(1)) > scale.Add(HeatScale.Cold, 1, at));
        }
    }

    [Fact]
    public void Beyond_the_range_it_is_an_exception_and_never_a_wrong_number()
    {
        foreach (var at in new[] { Epoch.AddYears(60), Epoch.AddYears(119), Epoch.AddYears(120), Epoch.AddYears(1_000), DateTimeOffset.MaxValue, Epoch.AddYears(-60), DateTimeOffset.MinValue })
        {
            Assert.Throws<OverflowException>(() => Hourly.Add(HeatScale.Cold, 1, at));
            Assert.Throws<OverflowException>(() => Hourly.KeyOf(1, at));
            Assert.Throws<OverflowException>(() => Hourly.HeatAt(0, at));
        }
    }

    [Fact]
    public void The_farthest_keys_still_compare_combine_and_decay()
    {
        var (oldest, newest) = (Hourly.Add(HeatScale.Cold, 1, Epoch.AddYears(-59)), Hourly.Add(HeatScale.Cold, 1, Epoch.AddYears(59)));
        Assert.True(HeatScale.Cold < oldest && oldest < newest);
        Assert.Equal(newest, HeatScale.Combine(oldest, newest));
        Assert.Equal(0, Hourly.HeatAt(oldest, Epoch.AddYears(59)));
        Assert.Equal(double.PositiveInfinity, Hourly.HeatAt(newest, Epoch.AddYears(-59)));
        Assert.Equal(1, Hourly.HeatAt(newest, Epoch.AddYears(59)), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_weight_that_is_none_is_refused(double weight) => Assert.ThrowsAny<Exception>(() => Hourly.Add(HeatScale.Cold, weight, Epoch));

    [Fact]
    public void A_heat_that_is_no_number_has_no_key()
    {
        Assert.ThrowsAny<Exception>(() => Hourly.KeyOf(double.NaN, Epoch));
        Assert.ThrowsAny<Exception>(() => Hourly.KeyOf(double.PositiveInfinity, Epoch));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.99)]
    [InlineData(8_760.01)]
    public void A_half_life_out_of_range_is_refused(double hours) => Assert.Throws<ArgumentOutOfRangeException>(() => new HeatScale(TimeSpan.FromHours(hours)));
}
