namespace Tracker.Domain.FollowUp;

/// <summary>
/// Keeps a rep from becoming a nuisance, and never from answering a prospect's own call or from calling one who is reading. It gives advice on a touch; whether
/// a prompt exists is never its business. Limits are assumptions of what people put up with; docs/follow-up.md says why each.
/// </summary>
public static class Guard
{
    public const int TouchesPerWeek = 3, CheckInsInARow = 3, CallsBeforeVoicemail = 2, UnansweredBeforeSwitch = 2;

    public static readonly TimeSpan Week = TimeSpan.FromDays(7), LeastGap = TimeSpan.FromHours(20), SameReason = TimeSpan.FromDays(365);

    public static GuardAnswer Judge(GuardFacts on) =>
        Always(on) ?? Refusals(on) ?? HoldingBack(on) ?? Advice(on) ?? new(GuardLevel.Go, "fine", "Go ahead.");

    // Whoever calls us is answered, and whoever reads is called: nothing below may come before this.
    static GuardAnswer? Always(GuardFacts on) => on switch
    {
        { TheyCalled: true } => new(GuardLevel.Go, "they-called", "They called: answer."),
        { IsReading: true, SaidStop: true } when TouchKinds.IsPhone(on.Kind) =>
            new(GuardLevel.Advise, "reading-after-stop", "They asked not to be contacted, and they are reading now. If you call, begin with that you remember."),
        { IsReading: true, InCallTime: false } when TouchKinds.IsPhone(on.Kind) => new(GuardLevel.Advise, "reading-outside-hours",
            "They are thinking about you, outside the time to call them" + (on.NextCallTime is { } next ? $": make it your first call of {next:yyyy-MM-dd HH:mm} UTC, or write now." : ": write now."),
            TouchKind.Email, on.NextCallTime),
        { IsReading: true } when TouchKinds.IsPhone(on.Kind) => ThirdCall(on) ?? new(GuardLevel.Go, "reading", "They are thinking about you now: call."),
        _ => null,
    };

    static GuardAnswer? Refusals(GuardFacts on) => on switch
    {
        { SaidStop: true } => new(GuardLevel.Refuse, "said-stop", "They asked not to be contacted."),
        { ReasonUsed: true, OnPromisedItems: false } => new(GuardLevel.Refuse, "same-reason", "The same kind of touch with the same reason went to them within the last 12 months. Take another reason from the bank."),
        _ => null,
    };

    static GuardAnswer? HoldingBack(GuardFacts on)
    {
        if (on.AwayUntil is { } back && back > on.Now)
        {
            return new(GuardLevel.HoldBack, "away", $"They are away until {back:yyyy-MM-dd}.", null, back);
        }
        if (TouchKinds.NeedsTheirHours(on.Kind) && on.Kind != TouchKind.Meeting && !on.InCallTime)
        {
            return new(GuardLevel.HoldBack, "outside-hours", "Outside their hours: make it the first call once those begin. Mail need not wait.", TouchKind.Email, on.NextCallTime);
        }
        if (on.IsCheckIn && !on.OnPromisedItems && on.Past.TakeWhile(p => p.CheckIn && !p.Answered).Count() >= CheckInsInARow)
        {
            return new(GuardLevel.HoldBack, "checking-in", "It would be the fourth “just checking in” in a row. Bring them something: the bank has reasons.");
        }
        // An answer begins a conversation, and in one nobody counts.
        var unanswered = Occasions(on.Past.TakeWhile(p => !p.Answered));
        if (unanswered.Count > 0 && on.Now - unanswered[0] < LeastGap && (!IsSameOccasion(on.Now, unanswered[0]) || RepeatsItself(on)))
        {
            return new(GuardLevel.HoldBack, "gap", "You were in touch within the last day, and they have not answered.", null, unanswered[0] + LeastGap);
        }
        var week = unanswered.Where(t => on.Now - t < Week && !IsSameOccasion(on.Now, t)).ToList();
        return week.Count >= TouchesPerWeek
            ? new(GuardLevel.HoldBack, "weekly-cap", $"{week.Count} touches within a week went unanswered.", null, week[TouchesPerWeek - 1] + Week)
            : null;
    }

    static GuardAnswer? Advice(GuardFacts on)
    {
        if (ThirdCall(on) is { } voicemail)
        {
            return voicemail;
        }
        if (on.OnPromisedItems)
        {
            return null;
        }
        if (on.Kind == TouchKind.Email && on.Past is [{ Kind: TouchKind.Email, Answered: false }, ..])
        {
            return new(GuardLevel.Advise, "call-after-mail", "Your last mail is unanswered: call this time.", TouchKind.Call);
        }
        var same = on.Past.TakeWhile(p => p.Kind == on.Kind && !p.Answered).Count();
        return same >= UnansweredBeforeSwitch
            ? new(GuardLevel.Advise, "switch-kind", $"{same} in a row went unanswered: change the kind.", Switching.Other(on.Kind))
            : null;
    }

    static GuardAnswer? ThirdCall(GuardFacts on) =>
        on.Kind == TouchKind.Call && on.Past.Where(p => TouchKinds.IsPhone(p.Kind)).TakeWhile(p => p.Kind == TouchKind.Call && !p.Answered).Count() >= CallsBeforeVoicemail
            ? new(GuardLevel.Advise, "leave-voicemail", "The third call in a row without a voicemail: leave a voicemail this time.", TouchKind.Voicemail)
            : null;

    /// <summary>Phone and mail on one day are one touch.</summary>
    static List<DateTimeOffset> Occasions(IEnumerable<PastTouch> past) => [.. past.GroupBy(p => p.At.UtcDateTime.Date).Select(g => g.Max(p => p.At)).OrderDescending()];

    /// <summary>The same way of reaching them, on the same day; the voicemail that ends a call does not count as another.</summary>
    static bool RepeatsItself(GuardFacts on) => on.Past.TakeWhile(p => !p.Answered && IsSameOccasion(p.At, on.Now)).Any(p => p.Kind == on.Kind || p.Also == on.Kind);

    static bool IsSameOccasion(DateTimeOffset a, DateTimeOffset b) => a.UtcDateTime.Date == b.UtcDateTime.Date;
}

/// <summary>What to do when a kind of touch doesn't work.</summary>
public static class Switching
{
    public static TouchKind Other(TouchKind kind) => kind switch
    {
        TouchKind.Email => TouchKind.Call,
        TouchKind.Call => TouchKind.Email,
        TouchKind.Voicemail => TouchKind.Email,
        TouchKind.Note or TouchKind.Card or TouchKind.Gift => TouchKind.Call,
        _ => TouchKind.Note,
    };
}
