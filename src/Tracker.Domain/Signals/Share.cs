namespace Tracker.Domain.Signals;

/// <summary>How many of some were right, with the interval in which the true share lies.</summary>
/// <param name="Of">0 when nothing is known.</param>
/// <param name="Value">From 0 to 1; null when nothing is known.</param>
public sealed record Share(long Right, long Of, double? Value, double Low, double High)
{
    /// <summary>Standard normal quantile for 95 %.</summary>
    const double Z = 1.959964;

    /// <summary>
    /// Wilson's score interval, 95 % (E. B. Wilson, JASA 22, 1927): unlike the textbook one it stays within 0 and 1 and is honest for a handful of ratings.
    /// 8 of 10 → 0.49 to 0.94.
    /// </summary>
    public static Share Wilson(long right, long of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, of);
        if (of == 0)
        {
            return new(0, 0, null, 0, 1);
        }
        var (n, p) = ((double)of, (double)right / of);
        var middle = p + (Z * Z / (2 * n));
        var half = Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n)));
        var scale = 1 + (Z * Z / n);
        return new(right, of, p, Math.Max(0, (middle - half) / scale), Math.Min(1, (middle + half) / scale));
    }
}
