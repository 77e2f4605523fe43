using Tracker.Domain.FollowUp;

namespace Tracker.FollowUp.Touches;

/// <summary>A contact that took place, checked.</summary>
/// <param name="Outcome">For mail and cards: sent.</param>
/// <param name="Next">Null: filled in from the plan, or from the outcome.</param>
public sealed record NewTouch(long ProspectId, long RepId, TouchKind Kind, Outcome Outcome, DateTimeOffset At, NextStep? Next = null)
{
    public TouchKind? Also { get; init; }

    /// <summary>They got in touch with us.</summary>
    public bool Theirs { get; init; }
    public long? PromptId { get; init; }
    public string? Objection { get; init; }
    public string? Answer { get; init; }
    public bool? AnswerWorked { get; init; }
    public string? FactFind { get; init; }
    public long? Minutes { get; init; }
    public string? Note { get; init; }
    public string? Reason { get; init; }
    public string? Override { get; init; }
}

/// <param name="Next">What was given, or filled in.</param>
/// <param name="Filled">Where it comes from: given, plan, outcome or stop.</param>
/// <param name="Guard">What the guard said of it.</param>
/// <param name="GaveUp">True when the rep ended it without having been asked to.</param>
public sealed record LoggedTouch(long Id, NextStep Next, string Filled, GuardAnswer Guard, bool GaveUp);
