using Tracker.Domain.Prompts;

namespace Tracker.Tests.Prompts;

public sealed class PromptRulesTests
{
    static PromptCase Case(bool click = false, bool live = false, bool muted = false, bool mutedMessage = false, long recipients = 1, bool cameBack = false) => new()
    {
        IsClick = click, CameBackToText = cameBack, HasLivePrompt = live, ProspectMuted = muted, MessageMuted = mutedMessage, OneTextRecipients = recipients, OneTextLimit = 10,
    };

    public static TheoryData<string, PromptCase, PromptAction> Table => new()
    {
        { "a first open", Case(), PromptAction.Raise },
        { "a click", Case(click: true), PromptAction.Raise },
        { "a prompt is live", Case(live: true), PromptAction.Refresh },
        { "the prospect is muted", Case(muted: true), PromptAction.None },
        { "the prospect is muted, a prompt is live", Case(muted: true, live: true), PromptAction.None },
        { "the prospect is muted and clicks", Case(muted: true, click: true), PromptAction.None },
        { "the message is muted", Case(mutedMessage: true), PromptAction.None },
        { "the message is muted, a prompt is live", Case(mutedMessage: true, live: true, click: true), PromptAction.None },
        { "ten got the text", Case(recipients: 10), PromptAction.Raise },
        { "eleven got the text", Case(recipients: 11), PromptAction.None },
        { "eleven, a click", Case(recipients: 11, click: true), PromptAction.Raise },
        { "eleven, a second sitting", Case(recipients: 11, cameBack: true), PromptAction.Raise },
        { "eleven, a prompt is live", Case(recipients: 11, live: true), PromptAction.Refresh },
    };

    [Theory, MemberData(nameof(Table))]
    public void A_look_prompts_unless_somebody_asked_for_quiet(string what, PromptCase on, PromptAction expected)
    {
        var decision = PromptRules.Decide(on);
        Assert.True(decision.Action == expected, what);
        // Silence is always explained.
        Assert.Equal(expected == PromptAction.None, decision.Why is { Length: > 0 });
    }

    [Fact]
    public void Silence_about_a_mailing_says_how_many_got_it() => Assert.Contains("more than 10 people", PromptRules.Decide(Case(recipients: 11)).Why, StringComparison.Ordinal);
}
