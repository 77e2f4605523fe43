namespace Tracker.Domain.Scoring;

/// <summary>
/// Heat by forward decay: a prospect's interest is <c>Σ w·2^(-(now - t)/H)</c> over their engagements (weight w, time t, half-life H). Instead of
/// decaying every prospect all the time, one number per prospect is kept that never decays: <c>k = log2 Σ w·2^(t/H)</c>. Heat is
/// <c>2^(k - now/H)</c>, so whoever has the larger k is hotter at every moment and the hot list is one indexed ORDER BY.
/// After G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu: "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009.
/// <para>
/// k is a 64-bit fixed-point number in units of 2^-44 half-lives since 2026-01-01 UTC. A double would lose a bit of the heat for every doubling of t/H;
/// fixed point keeps a resolution of 4e-14 of the heat for ±524,288 half-lives: 59 years at the shortest half-life of 1 h, 4,300 at the default 72 h.
/// </para>
/// </summary>
public readonly record struct HeatScale
{
    /// <summary>Key of a prospect with no engagement; sorts below every other.</summary>
    public const long Cold = long.MinValue;

    const int FractionBits = 44;
    const double One = 1L << FractionBits;
    static readonly long EpochMs = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    readonly long _halfLifeMs;

    /// <param name="halfLife">After this long an engagement counts half. From 1 hour to 365 days.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public HeatScale(TimeSpan halfLife)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(halfLife, TimeSpan.FromHours(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(halfLife, TimeSpan.FromDays(365));
        _halfLifeMs = (long)halfLife.TotalMilliseconds;
    }

    /// <summary>The key after one more engagement. The order in which engagements are added does not matter.</summary>
    /// <param name="key">The key so far, or <see cref="Cold"/>.</param>
    /// <param name="weight">Points, above 0.</param>
    /// <exception cref="OverflowException">The time is beyond the range; never a wrong number instead.</exception>
    public long Add(long key, double weight, DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight);
        var added = checked(Position(at) + ToFixed(Math.Log2(weight)));
        return Combine(key, added);
    }

    /// <summary>The key of the two heats together, such as two people of one company: <c>log2(2^a + 2^b)</c>.</summary>
    /// <exception cref="OverflowException">Beyond the range.</exception>
    public static long Combine(long a, long b)
    {
        var (larger, smaller) = a > b ? (a, b) : (b, a);
        // = larger + log2(1 + 2^(smaller - larger)); the difference is exact, so nothing is lost however far the keys are from zero.
        return smaller == Cold ? larger : checked(larger + ToFixed(Log2OnePlus(double.Exp2(HalfLives(smaller, larger)))));
    }

    /// <summary>Points at <paramref name="now"/>: what the engagements weigh after decay. 0 for a cold key.</summary>
    /// <exception cref="OverflowException">The moment is beyond the range.</exception>
    public double HeatAt(long key, DateTimeOffset now) => Position(now) is var position && key == Cold ? 0 : double.Exp2(HalfLives(key, position));

    /// <summary>The key that has the given heat at the given moment; for asking "at least this hot" of the index. <see cref="Cold"/> for heat of 0 or less.</summary>
    public long KeyOf(double heat, DateTimeOffset now) => heat <= 0 ? Cold : checked(Position(now) + ToFixed(Math.Log2(heat)));

    // Whole-number arithmetic: t/H as a double would already have lost what the fixed point is there to keep.
    long Position(DateTimeOffset at) => checked((long)(((Int128)(at.ToUnixTimeMilliseconds() - EpochMs) << FractionBits) / _halfLifeMs));

    // The difference of two keys can be twice as large as a key can.
    static double HalfLives(long key, long from) => (double)((Int128)key - from) / One;

    static long ToFixed(double halfLives) => checked((long)Math.Round(halfLives * One));

    static double Log2OnePlus(double x)
    {
        // log1p: for small x, 1 + x rounds away what x holds.
        var u = 1 + x;
        return u.Equals(1.0) ? x * double.Log2(Math.E) : Math.Log2(u) * (x / (u - 1));
    }
}
