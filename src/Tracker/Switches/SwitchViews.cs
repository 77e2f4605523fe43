namespace Tracker.Switches;

/// <summary>What to stop, replace or resume: one of <c>url</c>, <c>message</c>, <c>copy</c>, <c>rep</c>, <c>host</c>.</summary>
/// <param name="Url">A tracked address, as somebody got it.</param>
/// <param name="Message">Id of a message.</param>
/// <param name="Copy">Id of a copy.</param>
/// <param name="Link">Index of one link of the message or copy; left out: all of them.</param>
/// <param name="Rep">Address of a rep: everything they sent, and nothing of theirs is tracked any more.</param>
/// <param name="Host">A destination host and all below it, whoever sent the link.</param>
/// <param name="Replacement">Where the link leads from now on; for <c>replace</c> only.</param>
/// <param name="Reason">Why, for those who look at it later.</param>
public sealed record SwitchRequest(
    string? Url = null, string? Message = null, string? Copy = null, int? Link = null, string? Rep = null, string? Host = null, string? Replacement = null, string? Reason = null)
{
    public SwitchTarget Target => new(Url, Message, Copy, Rep, Host, Link);
}

/// <param name="Name">What it is about.</param>
/// <param name="State"><c>stopped</c>, <c>replaced</c> or <c>resumed</c>.</param>
/// <param name="Copies">How many copies it is about.</param>
public sealed record SwitchView(string Name, string State, int? Link, string? Replacement, string? Host, string? Rep, int Copies, string? Reason, DateTimeOffset At)
{
    public static SwitchView Of(SwitchRule rule) => new(
        rule.Name, rule.Resumed ? "resumed" : rule.Replacement is null ? "stopped" : "replaced", rule.Link, rule.Replacement, rule.Host, rule.Rep, rule.Copies.Count, rule.Reason, rule.At);
}
