namespace Tracker.Domain.Prompts;

public enum PromptAction
{
    None,
    Raise,
    Refresh,
}

/// <summary>What bears on whether an engagement prompts a call.</summary>
public sealed record PromptCase
{
    public required bool IsClick { get; init; }

    /// <summary>True when they looked at this very text before, in an earlier sitting.</summary>
    public required bool CameBackToText { get; init; }

    /// <summary>True when an open or snoozed prompt of this prospect exists.</summary>
    public required bool HasLivePrompt { get; init; }

    public required bool ProspectMuted { get; init; }

    public required bool MessageMuted { get; init; }

    /// <summary>How many people got the same text; counted to one more than the limit at most.</summary>
    public required long OneTextRecipients { get; init; }

    /// <summary>More recipients than this make a text a mailing. The default is the setting Tracker:Prompts:OneTextRecipients.</summary>
    public required int OneTextLimit { get; init; }
}

/// <param name="Why">Why nothing is raised; null when something is.</param>
public sealed record PromptDecision(PromptAction Action, string? Why);

/// <summary>A human hit raises or refreshes the prospect's prompt. What keeps it from doing so was asked for by somebody.</summary>
public static class PromptRules
{
    public const int DefaultOneTextLimit = 10;

    public static PromptDecision Decide(PromptCase on) => on switch
    {
        { ProspectMuted: true } => new(PromptAction.None, "the prospect is muted"),
        { MessageMuted: true } => new(PromptAction.None, "the message is muted"),
        { HasLivePrompt: true } => new(PromptAction.Refresh, null),
        // Opens of a mailing come by the dozen and say little; a click or coming back says something again.
        _ when on.OneTextRecipients > on.OneTextLimit && !on.IsClick && !on.CameBackToText =>
            new(PromptAction.None, $"the text went to more than {on.OneTextLimit} people: a first look without a click raises no prompt"),
        _ => new(PromptAction.Raise, null),
    };
}
