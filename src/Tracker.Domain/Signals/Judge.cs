namespace Tracker.Domain.Signals;

/// <summary>Decides who made each hit of a copy, from facts alone.</summary>
public static class Judge
{
    /// <summary>Version of the rules; stored with every verdict. Raise it with every change that can change a verdict.</summary>
    public const int RulesVersion = 1;

    /// <summary>
    /// Judges every hit of the copy in the light of all of them, as of <paramref name="now"/>. A later hit may change what is said of an earlier one
    /// (a burst, a scanner that followed a person), so the caller stores what differs from last time.
    /// </summary>
    /// <returns>One judgement per hit, in the order of <see cref="CopyTraffic.Hits"/>.</returns>
    public static IReadOnlyList<Judgement> Review(CopyTraffic traffic, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>Every rule's opinion of one hit, those without one included, in the order in which they are weighed.</summary>
    public static IReadOnlyList<Opinion> Explain(CopyTraffic traffic, long hitId, DateTimeOffset now) => throw new NotImplementedException();
}
