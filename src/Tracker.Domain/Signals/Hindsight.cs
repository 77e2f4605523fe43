namespace Tracker.Domain.Signals;

/// <summary>An unknown hit is explained by a later human one from the same source: it was the same person.</summary>
static class Hindsight
{
    public const string Rule = "same-person";

    // Where the source says nothing about the person (a shared proxy, the rep's own mailbox) or the program speaks against one.
    static readonly string[] Final = ["apple-privacy", "link-check", "own-thread", "scanner-returns", "old-browser"];

    const string Reason = "explained by a later visit of the same person: it came from the same address";

    /// <summary>Less than a hit that shows a person by itself.</summary>
    const double Confidence = 0.75;

    /// <param name="decider">Name of the rule that decided.</param>
    /// <returns>Null when the verdict stands.</returns>
    public static Judgement? Upgrade(Scene scene, int index, string? decider) =>
        Explains(scene, index, decider) ? new(scene.Facts[index].Hit.Id, Verdict.Human, Confidence, [Reason]) { Rule = Rule } : null;

    public static Opinion Opinion(Scene scene, int index, string? decider) =>
        Explains(scene, index, decider) ? new(Rule, Verdict.Human, Confidence, Reason) : new(Rule, null, 0, "");

    static bool Explains(Scene scene, int index, string? decider) =>
        scene.Verdicts[index] == Verdict.Unknown && !Final.Contains(decider) && Person(scene, index);

    static bool Person(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        // A gateway's address is everybody's: first its scan comes from there, then the person behind its isolation.
        var shared = fact.Client.Kind == ClientKind.MailProxy || fact.Network is NetworkKind.Gateway or NetworkKind.Scanner;
        for (var i = index + 1; i < scene.Facts.Length && !shared; i++)
        {
            if (scene.Verdicts[i] == Verdict.Human && scene.Facts[i].SameSource(fact) && scene.Facts[i].Client.Kind != ClientKind.MailProxy)
            {
                return true;
            }
        }
        return false;
    }
}
