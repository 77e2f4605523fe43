namespace Tracker.Domain.FollowUp;

/// <summary>How far a deal is. The one list that everything counts by.</summary>
public enum Stage
{
    Lead,

    /// <summary>They agreed to meet: now a prospect.</summary>
    MeetingAgreed,
    Met,
    ItemsAsked,
    ItemsReceived,
    ProposalSent,
    Deciding,
    Won,
    Lost,
    NotNow,
}

/// <summary>What a stage asks of the rep.</summary>
/// <param name="Kind">Kind of touch that is owed.</param>
/// <param name="Owes">What is owed, in the words the rep reads.</param>
/// <param name="DueDays">Business days after entering the stage at which it is owed, unless a date is agreed.</param>
/// <param name="UsualDays">Calendar days within which a touch of ours is usual here; longer without one is "waiting on them".</param>
/// <param name="CanHide">A team that does not work this way may leave it out.</param>
public sealed record StageDuty(Stage Stage, string Label, TouchKind Kind, string Owes, int DueDays, int UsualDays, bool CanHide);

public static class Stages
{
    /// <summary>Days are assumptions of a business-to-business seller, to be replaced by the team's own habits; docs/follow-up.md says why each.</summary>
    public static readonly IReadOnlyList<StageDuty> All =
    [
        new(Stage.Lead, "Lead", TouchKind.Call, "a first conversation, and a meeting to agree on", 1, 7, false),
        new(Stage.MeetingAgreed, "Meeting agreed", TouchKind.Email, "confirm the meeting and what it is for", 1, 7, true),
        new(Stage.Met, "Met", TouchKind.Note, "thank them, and say when they will hear from you again", 1, 5, true),
        new(Stage.ItemsAsked, "Items asked", TouchKind.Call, "ask how the promised items are coming, by phone and by mail", 5, 7, true),
        new(Stage.ItemsReceived, "Items received", TouchKind.Email, "confirm what came, and send the proposal", 2, 5, true),
        new(Stage.ProposalSent, "Proposal sent", TouchKind.Call, "go through the proposal with them", 2, 5, false),
        new(Stage.Deciding, "Deciding", TouchKind.Call, "ask for the decision", 5, 7, true),
        new(Stage.Won, "Won", TouchKind.Note, "thank them, and ask who else should know", 5, 30, false),
        new(Stage.Lost, "Lost", TouchKind.Call, "ask again on the day that was agreed", 0, 0, false),
        new(Stage.NotNow, "Not now", TouchKind.Call, "ask again on the day that was agreed", 0, 0, false),
    ];

    public static StageDuty Of(Stage stage) => All[(int)stage];

    /// <summary>An answer is recorded: nothing is waited for any more.</summary>
    public static bool IsClosed(Stage stage) => stage is Stage.Won or Stage.Lost or Stage.NotNow;

    /// <summary>What is owed on entering a stage, and when. Silence changes nothing about it; only leaving the stage does.</summary>
    /// <param name="agreed">The meeting's, the review's or the "ask again" date; it outranks the usual number of days.</param>
    /// <returns>Null when nothing is: a no that means never.</returns>
    public static NextStep? Owed(Stage stage, DateTimeOffset now, DateTimeOffset? agreed)
    {
        var duty = Of(stage);
        return (stage, agreed) switch
        {
            (Stage.Lost or Stage.NotNow, null) => null,
            // A meeting is confirmed before it takes place, and asked about after it.
            (Stage.MeetingAgreed, { } meeting) when NextSteps.BusinessDayAfter(now, duty.DueDays) >= meeting => new("meeting", meeting, "the meeting that was agreed"),
            (Stage.MeetingAgreed, _) => new(TouchKinds.Name(duty.Kind), NextSteps.BusinessDayAfter(now, duty.DueDays), duty.Owes),
            (_, { } day) => new(TouchKinds.Name(duty.Kind), day, duty.Owes),
            _ => new(TouchKinds.Name(duty.Kind), NextSteps.BusinessDayAfter(now, duty.DueDays), duty.Owes),
        };
    }

    /// <summary>Why a move cannot be recorded as it is; null when it can.</summary>
    public static string? WhyNot(Stage to, bool hidden, DateTimeOffset? askAgainAt, bool never, DateTimeOffset now) => to switch
    {
        _ when hidden => $"The team does not use the stage '{Of(to).Label}'.",
        Stage.Lost when askAgainAt is null && !never => "A no needs the date on which to ask again, or never.",
        Stage.NotNow when askAgainAt is null => "A not now needs the date on which to ask again.",
        Stage.Lost or Stage.NotNow when askAgainAt <= now => "The date on which to ask again has to be in the future.",
        _ => null,
    };
}

/// <summary>Why a deal ended without being won.</summary>
public enum ClosingReason
{
    Price,
    Need,
    Competitor,
    Timing,

    /// <summary>They never answered.</summary>
    NoAnswer,

    /// <summary>They could not have bought: no budget, no authority, no fit.</summary>
    NotQualified,
    NotInterested,
    AskedToStop,
    Other,
}

public static class Waiting
{
    /// <summary>From this many moves on, moving is no longer planning.</summary>
    public const int MovesThatTell = 3;

    /// <summary>Whether the rep waits for the customer instead of acting.</summary>
    /// <param name="lastTouchAt">Of ours; null: none yet, and the deal's entering of the stage counts.</param>
    /// <returns>Why it looks so; null when it does not.</returns>
    public static string? OnThem(Stage stage, DateTimeOffset stageSince, DateTimeOffset? lastTouchAt, int moved, DateTimeOffset now)
    {
        if (Stages.IsClosed(stage))
        {
            return null;
        }
        if (moved >= MovesThatTell)
        {
            return $"what is owed was moved {moved} times";
        }
        var since = lastTouchAt is { } touch && touch > stageSince ? touch : stageSince;
        var days = (int)(now - since).TotalDays;
        return days > Stages.Of(stage).UsualDays ? $"no touch of ours for {days} days; in “{Stages.Of(stage).Label}” {Stages.Of(stage).UsualDays} is usual" : null;
    }
}
