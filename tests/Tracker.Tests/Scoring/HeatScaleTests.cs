using CsCheck;
using Tracker.Domain.Scoring;
using Tracker.Tests.Support;

namespace Tracker.Tests.Scoring;

/// <summary>The one key per prospect says what adding everything up says.</summary>
public sealed class HeatScaleTests
{
    static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    const long FortyYearsMs = 40L * 365 * 24 * 3_600_000;

    static readonly int Rounds = Environment.GetEnvironmentVariable("TRACKER_LONG") == "1" ? 2_000 : 60;

    static readonly Gen<TimeSpan> HalfLives = Gen.OneOf(
        Among.These(TimeSpan.FromHours(1), TimeSpan.FromHours(72), TimeSpan.FromDays(365)), Gen.Long[3_600_000, 365L * 86_400_000].Select(ms => TimeSpan.FromMilliseconds(ms)));

    // As wide apart as the settings allow, on a scale where 0.001 and 1,000 are equally likely.
    static readonly Gen<double> Weights = Gen.OneOf(Among.These(0.001, 1, 4, 1000.0), Gen.Double[-3, 3].Select(e => Math.Pow(10, e)));

    static readonly Gen<(double Weight, DateTimeOffset At)> Spread = Gen.Select(Weights, Gen.Long[0, FortyYearsMs], (w, ms) => (w, Epoch.AddMilliseconds(ms)));

    /// <summary>A burst: within days, so that thousands really add up instead of the newest ones drowning the rest.</summary>
    static Gen<(double Weight, DateTimeOffset At)> Near(long startMs) => Gen.Select(Weights, Gen.Long[0, 14 * 86_400_000L], (w, ms) => (w, Epoch.AddMilliseconds(startMs + ms)));

    static readonly Gen<(double Weight, DateTimeOffset At)[]> Histories = Gen.OneOf(
        Spread.Array[1, 4_000], Gen.Long[0, FortyYearsMs].SelectMany(start => Near(start).Array[1, 4_000]));

    static long Fold(HeatScale scale, IEnumerable<(double Weight, DateTimeOffset At)> history) =>
        history.Aggregate(HeatScale.Cold, (key, e) => scale.Add(key, e.Weight, e.At));

    /// <summary>
    /// Adds up w·2^(-(now - t)/H). Whole half-lives are split off in whole numbers and the sum carries what each addition rounds away, so the result is good
    /// to about 15 digits however far the times are apart.
    /// </summary>
    static double BruteForce(IEnumerable<(double Weight, DateTimeOffset At)> history, TimeSpan halfLife, DateTimeOffset now)
    {
        var (sum, lost, h) = (0.0, 0.0, (long)halfLife.TotalMilliseconds);
        foreach (var (weight, at) in history)
        {
            var (whole, rest) = long.DivRem(now.ToUnixTimeMilliseconds() - at.ToUnixTimeMilliseconds(), h);
            var term = Math.ScaleB(weight * double.Exp2(-(double)rest / h), (int)-whole) - lost;
            var next = sum + term;
            lost = next - sum - term;
            sum = next;
        }
        return sum;
    }

    /// <summary>Half a unit of the twelfth significant digit. A key rounds at 4e-14; what thousands of additions round adds up to about 1e-12.</summary>
    const double TwelveDigits = 5e-12;

    static void Same(double expected, double actual, double tolerance = TwelveDigits) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Abs(expected), $"expected {expected:R}, was {actual:R}, off by {Math.Abs(expected - actual) / expected:0.0e+0}");

    [Fact]
    public void Heat_equals_brute_force_to_twelve_digits() => Gen.Select(Histories, HalfLives, Gen.Double[0, 20]).Sample((history, halfLife, later) =>
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds((history.Max(e => e.At) + halfLife * later).ToUnixTimeMilliseconds());
        var scale = new HeatScale(halfLife);
        Same(BruteForce(history, halfLife, now), scale.HeatAt(Fold(scale, history), now));
    }, iter: Rounds);

    [Fact]
    public void The_order_in_which_engagements_arrive_does_not_matter() => Gen.Select(Histories, HalfLives).Sample((history, halfLife) =>
    {
        var scale = new HeatScale(halfLife);
        var (as_is, sorted, reversed) = (Fold(scale, history), Fold(scale, history.OrderBy(e => e.At)), Fold(scale, history.OrderByDescending(e => e.At)));
        var now = history.Max(e => e.At);
        Same(scale.HeatAt(as_is, now), scale.HeatAt(sorted, now));
        Same(scale.HeatAt(as_is, now), scale.HeatAt(reversed, now));
    }, iter: Rounds);

    [Fact]
    public void Two_keys_combine_to_their_heats_together() => Gen.Select(Histories, Histories, HalfLives).Sample((a, b, halfLife) =>
    {
        var scale = new HeatScale(halfLife);
        var (ka, kb) = (Fold(scale, a), Fold(scale, b));
        var now = a.Concat(b).Max(e => e.At);
        Assert.Equal(HeatScale.Combine(ka, kb), HeatScale.Combine(kb, ka));
        Same(scale.HeatAt(ka, now) + scale.HeatAt(kb, now), scale.HeatAt(HeatScale.Combine(ka, kb), now));
        Assert.Equal(ka, HeatScale.Combine(ka, HeatScale.Cold));
        Assert.Equal(HeatScale.Cold, HeatScale.Combine(HeatScale.Cold, HeatScale.Cold));
    }, iter: Rounds);

    [Fact]
    public void A_heat_and_its_key_are_one_thing_said_twice() => Gen.Select(Gen.Double[-30, 30], HalfLives, Gen.Long[0, FortyYearsMs]).Sample((exponent, halfLife, ms) =>
    {
        var (scale, heat, now) = (new HeatScale(halfLife), Math.Pow(10, exponent), Epoch.AddMilliseconds(ms));
        Same(heat, scale.HeatAt(scale.KeyOf(heat, now), now));
        Assert.Equal(HeatScale.Cold, scale.KeyOf(0, now));
        Assert.Equal(HeatScale.Cold, scale.KeyOf(-heat, now));
        Assert.Equal(0, scale.HeatAt(HeatScale.Cold, now));
    }, iter: 5_000);

    [Fact]
    public void The_order_of_keys_is_the_order_of_heats_at_every_moment() => Gen.Select(Histories, Histories, HalfLives, Gen.Double[-5, 20]).Sample((a, b, halfLife, later) =>
    {
        var scale = new HeatScale(halfLife);
        var (ka, kb) = (Fold(scale, a), Fold(scale, b));
        var last = a.Concat(b).Max(e => e.At);
        foreach (var now in new[] { last, last + halfLife * later, last.AddDays(1) })
        {
            Assert.True(scale.HeatAt(ka, now).CompareTo(scale.HeatAt(kb, now)) * ka.CompareTo(kb) >= 0);
        }
        var (ha, hb) = (BruteForce(a, halfLife, last), BruteForce(b, halfLife, last));
        if (Math.Abs(ha - hb) > 1e-11 * Math.Max(ha, hb))
        {
            Assert.Equal(ha.CompareTo(hb), ka.CompareTo(kb));
        }
    }, iter: Rounds);

    [Fact]
    public void One_more_engagement_never_makes_a_prospect_colder() => Gen.Select(Histories, Spread, HalfLives).Sample((history, one, halfLife) =>
    {
        var scale = new HeatScale(halfLife);
        var key = Fold(scale, history);
        Assert.True(scale.Add(key, one.Weight, one.At) >= key);
    }, iter: Rounds);

    [Fact]
    public void After_one_half_life_half_is_left()
    {
        var scale = new HeatScale(TimeSpan.FromHours(72));
        var key = scale.Add(scale.Add(HeatScale.Cold, 1, Epoch), 4, Epoch);
        Same(5, scale.HeatAt(key, Epoch));
        Same(2.5, scale.HeatAt(key, Epoch.AddHours(72)));
        Same(1.25, scale.HeatAt(key, Epoch.AddHours(144)));
    }

    [Fact]
    public void A_thousand_of_the_least_beside_the_greatest_are_not_lost()
    {
        // The worst case of rounding: each addition alone is near the resolution, and all are rounded the same way.
        var scale = new HeatScale(TimeSpan.FromHours(72));
        var history = Enumerable.Repeat((Weight: 0.001, At: Epoch), 5_000).Prepend((Weight: 1000, At: Epoch.AddHours(72 * 20))).ToList();
        Same(BruteForce(history, TimeSpan.FromHours(72), history[0].At), scale.HeatAt(Fold(scale, history), history[0].At), tolerance: history.Count * 2.5e-14);
    }
}
