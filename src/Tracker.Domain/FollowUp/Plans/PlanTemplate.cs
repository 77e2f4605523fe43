namespace Tracker.Domain.FollowUp;

/// <summary>A touch of a shipped plan.</summary>
/// <param name="Days">Calendar days after the plan's start, added to <paramref name="Cycle"/>.</param>
/// <param name="Cycle">Share of the team's median sales cycle after the start; 0.25 of 60 days is day 15.</param>
/// <param name="Topic">Topic of the reason bank that the reason is taken from; null: <paramref name="Reason"/> stands as it is.</param>
/// <param name="Reason">Why we get in touch, as the prospect would accept it.</param>
/// <param name="Also">A second kind on the same day, such as the mail that goes with the call.</param>
/// <param name="Anchor">Kind of date it hangs on, such as contractEnd; it is planned that many days before the date, and left out when there is none.</param>
public sealed record TemplateTouch(TouchKind Kind, int Days, double Cycle, string Reason, string? Topic = null, TouchKind? Also = null, string? Anchor = null);

/// <param name="Touches">In order. The first is the first contact; what follows is follow-up.</param>
/// <param name="EveryDays">After the last one the plan goes on at this distance, until they say stop or ready. Null: a quarter of the cycle, at least two weeks.</param>
/// <param name="Tail">Kinds that it goes on with, in turn.</param>
public sealed record PlanTemplate(string Key, string Name, string About, IReadOnlyList<TemplateTouch> Touches, IReadOnlyList<TouchKind> Tail, int? EveryDays = null)
{
    /// <summary>Asks for promised items: it may repeat itself, with the open items as its reason.</summary>
    public bool IsForItems => Key == PlanTemplates.AwaitingItems;
}
