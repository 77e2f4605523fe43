using Tracker.Domain.Signals;

namespace Tracker.Domain.Scoring;

/// <summary>What one engagement adds to heat, in points. Only a hit judged human is an engagement, or an answer that a person wrote.</summary>
/// <param name="Open">Default 1: the yardstick. A look at the mail.</param>
/// <param name="Click">Default 4: a click is a decision, and unlike an open it cannot be a cached or prefetched image, so it says more than a few looks.</param>
/// <param name="Reply">Default 8: writing is more than two clicks, and cannot be a machine's when it is a reply. An assumption; precision will tell.</param>
public sealed record HeatWeights(double Open = 1, double Click = 4, double Reply = 8)
{
    /// <summary>
    /// Default 72 h: three days. Long enough that interest shown on a Friday is still half there on Monday, short enough that last month's is gone
    /// (after 30 days a thousandth is left).
    /// </summary>
    public static readonly TimeSpan DefaultHalfLife = TimeSpan.FromHours(72);

    public double Of(HitKind kind) => kind == HitKind.Click ? Click : Open;
}
