using Tracker.Domain.FollowUp;
using Tracker.Web;

namespace Tracker.FollowUp.Touches;

/// <summary>Checks of what callers give.</summary>
public static class TouchInput
{
    /// <exception cref="ProblemException">No kind of touch.</exception>
    public static TouchKind Kind(string name, string? text) =>
        TouchKinds.Parse(text) ?? throw new ProblemException(Problems.Parameter(name, text, $"one of {string.Join(", ", NextStep.Kinds.Where(k => k != NextStep.Stop))}"));

    /// <exception cref="ProblemException">It is there, and none of them.</exception>
    public static void OneOf(string name, string? text, IReadOnlyList<string> names)
    {
        if (text is not null && !names.Contains(text))
        {
            throw new ProblemException(Problems.Parameter(name, text, $"one of {string.Join(", ", names)}"));
        }
    }

    /// <exception cref="ProblemException">Not in the future, or further than ten years.</exception>
    public static DateTimeOffset Future(string name, DateTimeOffset? at, DateTimeOffset now) => at is { } time && time > now.AddMinutes(-1) && time < now.AddYears(10)
        ? time
        : throw new ProblemException(Problems.Parameter(name, at?.ToString("O"), "a time from now on, within ten years"));
}
