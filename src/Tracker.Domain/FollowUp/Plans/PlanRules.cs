namespace Tracker.Domain.FollowUp;

/// <summary>What bears on how a plan goes on.</summary>
public sealed record PlanFacts
{
    public required DateTimeOffset Now { get; init; }
    public required bool IsForItems { get; init; }

    /// <summary>The kind that is planned next.</summary>
    public required TouchKind Planned { get; init; }
    public bool SaidStop { get; init; }
    public bool SaidReady { get; init; }

    /// <summary>They wrote back, and nobody has said yet what came of it.</summary>
    public bool Replied { get; init; }
    public DateTimeOffset? AwayUntil { get; init; }

    /// <summary>They asked to be contacted then, and not before.</summary>
    public DateTimeOffset? AgreedLater { get; init; }

    /// <summary>Mail to them does not arrive.</summary>
    public bool MailFails { get; init; }

    /// <summary>Nobody opened or clicked anything here since the plan began.</summary>
    public bool NothingRead { get; init; }

    /// <summary>A colleague of theirs reads, while they do not.</summary>
    public bool ColleagueReads { get; init; }

    /// <summary>Of this prospect, newest first.</summary>
    public IReadOnlyList<PastTouch> Past { get; init; } = [];
}

public enum PlanAction
{
    /// <summary>Go on, with the kind that is given.</summary>
    Touch,
    Pause,
    End,
}

/// <summary>A message that a plan offers beside its next touch; the rep decides.</summary>
public enum PlanOffer
{
    None,

    /// <summary>After two unanswered mails: say what you conclude from the silence and let them correct it.</summary>
    PushBack,

    /// <summary>Nothing answered, nothing read: the last message, or walking away.</summary>
    BreakUp,
}

/// <param name="Kind">Kind of the next touch, switched where the planned one did not work.</param>
/// <param name="Until">When a pause ends; null: when the rep says what came of it.</param>
public sealed record PlanDecision(PlanAction Action, TouchKind Kind, string Why, DateTimeOffset? Until = null, PlanOffer Offer = PlanOffer.None);

public static class PlanRules
{
    public const int UnansweredMailsForPushBack = 2;

    /// <summary>So many unanswered touches, with nothing read, make going on a waste of both sides' time. An assumption: one and a half plans of four.</summary>
    public const int UnansweredForBreakUp = 6;

    public static PlanDecision Decide(PlanFacts on) => on switch
    {
        { SaidStop: true } => new(PlanAction.End, on.Planned, "they said stop"),
        { SaidReady: true } => new(PlanAction.End, on.Planned, "they said ready"),
        { Replied: true } => new(PlanAction.Pause, on.Planned, "they replied"),
        { AwayUntil: { } back } when back > on.Now => new(PlanAction.Pause, on.Planned, "they are away", back),
        { AgreedLater: { } later } when later > on.Now => new(PlanAction.Pause, on.Planned, "a later date was agreed", later),
        _ => Kind(on) with { Offer = Offer(on) },
    };

    static PlanDecision Kind(PlanFacts on)
    {
        if (on.MailFails && on.Planned == TouchKind.Email)
        {
            return new(PlanAction.Touch, TouchKind.Call, "our mail does not reach them: ask for the right address");
        }
        if (on.IsForItems)
        {
            return new(PlanAction.Touch, on.Planned, "the items are still open");
        }
        if (on is { ColleagueReads: true, NothingRead: true, Planned: TouchKind.Email })
        {
            return new(PlanAction.Touch, TouchKind.Referrer, "they do not read, a colleague does: ask for an introduction");
        }
        // Cards and notes are written in silence too: after a mail that nobody answered it is time for a voice.
        if (on.Planned is TouchKind.Email or TouchKind.Note or TouchKind.Card or TouchKind.Gift && on.Past is [{ Kind: TouchKind.Email, Answered: false }, ..])
        {
            return new(PlanAction.Touch, TouchKind.Call, "the touch after an unanswered mail is a call");
        }
        var same = on.Past.TakeWhile(p => p.Kind == on.Planned && !p.Answered).Count();
        return same >= Guard.UnansweredBeforeSwitch
            ? new(PlanAction.Touch, Switching.Other(on.Planned), $"{same} of one kind went unanswered")
            : new(PlanAction.Touch, on.Planned, "as planned");
    }

    static PlanOffer Offer(PlanFacts on)
    {
        var unanswered = on.Past.TakeWhile(p => !p.Answered).ToList();
        return on switch
        {
            { IsForItems: true } => PlanOffer.None,
            { NothingRead: true } when unanswered.Count >= UnansweredForBreakUp => PlanOffer.BreakUp,
            _ when unanswered.Count(p => p.Kind == TouchKind.Email || p.Also == TouchKind.Email) >= UnansweredMailsForPushBack => PlanOffer.PushBack,
            _ => PlanOffer.None,
        };
    }
}
