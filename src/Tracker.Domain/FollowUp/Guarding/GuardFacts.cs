namespace Tracker.Domain.FollowUp;

/// <summary>A touch of ours that took place.</summary>
/// <param name="Also">A second kind on the same occasion, such as the mail that goes with a call; null: none.</param>
/// <param name="Answered">They answered it: picked up, wrote back, met.</param>
/// <param name="CheckIn">It had no reason but asking where they stand.</param>
public sealed record PastTouch(TouchKind Kind, DateTimeOffset At, bool Answered, bool CheckIn = false, TouchKind? Also = null);

/// <summary>What bears on whether a touch is a good idea now.</summary>
public sealed record GuardFacts
{
    public required TouchKind Kind { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>They call us, or asked for this very call: it is only answered.</summary>
    public bool TheyCalled { get; init; }

    /// <summary>A person reads our mail at this minute.</summary>
    public bool IsReading { get; init; }

    public bool SaidStop { get; init; }

    /// <summary>Null: not away.</summary>
    public DateTimeOffset? AwayUntil { get; init; }

    /// <summary>The reason is that items they promised are still open.</summary>
    public bool OnPromisedItems { get; init; }

    /// <summary>There is no reason but asking where they stand.</summary>
    public bool IsCheckIn { get; init; }

    /// <summary>The same kind of touch with the same reason took place within <see cref="Guard.SameReason"/>.</summary>
    public bool ReasonUsed { get; init; }

    /// <summary>Within the prospect's call time. Only asked for kinds that need somebody to pick up.</summary>
    public bool InCallTime { get; init; } = true;

    /// <summary>When their call time next begins.</summary>
    public DateTimeOffset? NextCallTime { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<PastTouch> Past { get; init; } = [];
}

/// <summary>How strongly the guard speaks.</summary>
public enum GuardLevel
{
    Go,
    Advise,

    /// <summary>Better not now; one key and a reason override it.</summary>
    HoldBack,

    /// <summary>They asked for it to end, or it would repeat itself.</summary>
    Refuse,
}

/// <param name="Rule">Stable name of the rule that decided.</param>
/// <param name="Text">For the rep.</param>
/// <param name="Instead">Another kind of touch that fits now.</param>
/// <param name="NotBefore">When it is fine again.</param>
public sealed record GuardAnswer(GuardLevel Level, string Rule, string Text, TouchKind? Instead = null, DateTimeOffset? NotBefore = null)
{
    public bool CanOverride => Level is GuardLevel.HoldBack or GuardLevel.Refuse;
}
