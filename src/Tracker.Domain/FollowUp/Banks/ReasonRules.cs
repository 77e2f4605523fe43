namespace Tracker.Domain.FollowUp;

public static class ReasonRules
{
    /// <summary>What sellers say when they have nothing to say. None of it is a reason to get in touch.</summary>
    public static readonly IReadOnlyList<string> NoReasons = ["just checking in", "checking in", "touching base", "are you ready", "any news", "following up", "did you decide"];

    /// <summary>True for a touch that has nothing in it for them. A call without a reason may still be an answer to their interest; a mail may not.</summary>
    public static bool IsCheckIn(TouchKind kind, string? reason) =>
        reason is null ? kind == TouchKind.Email : NoReasons.Any(n => reason.Trim().TrimEnd('?', '.', '!').Equals(n, StringComparison.OrdinalIgnoreCase));
}
