namespace Tracker.Domain.FollowUp;

/// <param name="Days">Median time from lead to won.</param>
/// <param name="Won">How many won deals it rests on.</param>
/// <param name="IsDefault">True while there are too few.</param>
public sealed record SalesCycle(double Days, int Won, bool IsDefault)
{
    /// <summary>Until ten deals are won: two months. An assumption, told as one wherever it is shown.</summary>
    public const double DefaultDays = 60;

    /// <summary>A median of fewer moves by weeks with every deal.</summary>
    public const int LeastWon = 10;

    /// <summary>A cycle shorter than a week would put a whole plan into days, whatever the figures say.</summary>
    const double LeastDays = 7;

    /// <param name="daysToWon">Of each won deal.</param>
    public static SalesCycle Of(IReadOnlyCollection<double> daysToWon)
    {
        if (daysToWon.Count < LeastWon)
        {
            return new(DefaultDays, daysToWon.Count, true);
        }
        return new(Math.Max(LeastDays, Quantiles.Median(daysToWon)), daysToWon.Count, false);
    }
}

public static class Quantiles
{
    public static double Median(IEnumerable<double> values) => At(values, 0.5);

    /// <summary>The smallest value that at least this share of all do not exceed (nearest rank); the median of an even number is the mean of the middle two.</summary>
    /// <param name="share">Above 0, at most 1.</param>
    public static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
        {
            throw new ArgumentException("There is no quantile of nothing.", nameof(values));
        }
        var rank = (int)Math.Ceiling(share * sorted.Length) - 1;
        return share == 0.5 && sorted.Length % 2 == 0 ? (sorted[rank] + sorted[rank + 1]) / 2 : sorted[Math.Max(0, rank)];
    }
}
