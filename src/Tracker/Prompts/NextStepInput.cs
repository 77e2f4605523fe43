using Tracker.Domain.FollowUp;
using Tracker.Web;

namespace Tracker.Prompts;

public static class NextStepInput
{
    /// <summary>The caller's next step, or the one that follows from the outcome.</summary>
    /// <exception cref="ProblemException">An unknown kind, or no usable date where one is needed.</exception>
    public static NextStep Of(NextStepView? given, Outcome outcome, DateTimeOffset now)
    {
        var fallback = NextSteps.Default(outcome, now);
        if (given is null)
        {
            return fallback;
        }
        Texts.AtMost(PromptEndpoints.MaxNote, "nextStep.reason", given.Reason);
        if (!NextStep.Kinds.Contains(given.Kind))
        {
            throw new ProblemException(Problems.Parameter("nextStep.kind", given.Kind, $"one of {string.Join(", ", NextStep.Kinds)}"));
        }
        if (given.Kind == NextStep.Stop)
        {
            return new(NextStep.Stop, null, given.Reason ?? "stop");
        }
        return given.At is { } at && at > now.AddMinutes(-1) && at < now.AddYears(10)
            ? new(given.Kind, at, given.Reason ?? fallback.Reason)
            : throw new ProblemException(Problems.Parameter("nextStep.at", given.At?.ToString("O"), "a time from now on; only the kind 'stop' has none"));
    }
}
