namespace Tracker.Domain.Signals;

/// <summary>One piece of evidence: looks at one hit in its scene and says what it alone would conclude, or nothing.</summary>
/// <param name="Name">Stable; the heading in docs/classification.md.</param>
sealed record Rule(string Name, Func<Scene, int, Finding?> Look);

/// <summary>What a rule found.</summary>
/// <param name="Hold">With <see cref="Verdict.Checking"/>: until when.</param>
readonly record struct Finding(Verdict Verdict, double Confidence, string Reason, DateTimeOffset? Hold = null)
{
    public static Finding Machine(double confidence, string reason) => new(Verdict.Machine, confidence, reason);

    public static Finding Human(double confidence, string reason) => new(Verdict.Human, confidence, reason);

    /// <summary>Undecidable. How sure one is of not knowing has no meaning, so the confidence is always the same.</summary>
    public static Finding Unknown(string reason) => new(Verdict.Unknown, 0.5, reason);
}
