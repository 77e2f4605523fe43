using Tracker.Domain.FollowUp;
using Tracker.Web;

namespace Tracker.FollowUp.Plans;

/// <param name="Template">Of GET /plan-templates.</param>
/// <param name="DealId">Left out: the prospect's open deal.</param>
public sealed record StartPlan(string? Template, string? DealId = null);

/// <param name="Reason">A valid business reason; "are you ready?" is none.</param>
public sealed record PlanTouchInput(string? Kind = null, string? Also = null, DateTimeOffset? At = null, string? Reason = null);

/// <param name="Until">Left out: until a touch is logged or the plan is resumed.</param>
public sealed record PausePlan(DateTimeOffset? Until = null, string? Reason = null);

/// <param name="Reason">ready, breakUp or other. A break-up ends the plan and not the record: the prospect is parked.</param>
/// <param name="AskAgainAt">Of a break-up: the far date on which to ask again.</param>
/// <param name="Never">Of a break-up: do not ask again. A later look of theirs still revives it.</param>
public sealed record EndPlan(string? Reason, DateTimeOffset? AskAgainAt = null, bool Never = false);

/// <param name="PlannedKind">As it was planned.</param>
/// <param name="PlannedAt">As it was planned.</param>
/// <param name="Kind">As it is now.</param>
/// <param name="State">planned, done or skipped.</param>
/// <param name="Changed">Why it is not as it was planned; null: it is.</param>
/// <param name="DoneKind">Of the touch that took its place.</param>
public sealed record PlanTouchView(
    string Id, string PlannedKind, DateTimeOffset PlannedAt, string Kind, string? Also, DateTimeOffset DueAt, string Reason, string State, string? Changed, string? TouchId, string? DoneKind,
    string? DoneOutcome, DateTimeOffset? DoneAt)
{
    public static PlanTouchView Of(PlanTouchRow r) => new(
        Ids.Text(r.Id), r.PlannedKind, Times.Of(r.PlannedAtMs), r.Kind, r.AlsoKind, Times.Of(r.DueAtMs), r.Reason, r.State, r.Changed, r.TouchId is { } t ? Ids.Text(t) : null, r.DoneKind, r.DoneOutcome,
        Times.Of(r.DoneAtMs));
}

/// <param name="State">running, paused or ended.</param>
/// <param name="CycleDays">The sales cycle that its days come from.</param>
/// <param name="ReasonsLeft">Reasons of the bank that did not go to them within 12 months.</param>
/// <param name="ReadyReasons">From what they read, not used yet.</param>
/// <param name="Offer">none, pushBack or breakUp: a message offered beside the next touch.</param>
/// <param name="OfferText">The words of the offer; null: none.</param>
/// <param name="Advice">How the plan goes on, and why.</param>
public sealed record PlanView(
    string Id, string ProspectId, string? DealId, string Template, string Name, string State, double CycleDays, DateTimeOffset StartedAt, DateTimeOffset? PausedUntil, string? PauseReason, DateTimeOffset? EndedAt,
    string? EndReason, IReadOnlyList<PlanTouchView> Touches, IReadOnlyList<InsightView> Insights, long ReasonsLeft, IReadOnlyList<string> ReadyReasons, string Offer, string? OfferText, string? Advice);

public sealed record InsightView(string Id, string Who, string Said, DateTimeOffset At);

/// <param name="Days">Calendar days from the start, with the cycle as it is.</param>
public sealed record TemplateTouchView(double Days, string Kind, string? Also, string Reason, string? Anchor);

public sealed record TemplateView(string Key, string Name, string About, IReadOnlyList<TemplateTouchView> Touches, IReadOnlyList<string> Tail)
{
    public static TemplateView Of(PlanTemplate t, double cycleDays) => new(
        t.Key, t.Name, t.About,
        [.. t.Touches.Select(x => new TemplateTouchView(x.Anchor is null ? x.Days + Math.Round(x.Cycle * cycleDays) : -x.Days, TouchKinds.Name(x.Kind), x.Also is { } also ? TouchKinds.Name(also) : null, x.Reason, x.Anchor))],
        [.. t.Tail.Select(TouchKinds.Name)]);
}

/// <param name="CycleDays">Median days from lead to won.</param>
/// <param name="Won">Won deals that it rests on.</param>
/// <param name="IsDefault">True until ten are won: then it is an assumption.</param>
public sealed record TemplatesView(double CycleDays, long Won, bool IsDefault, IReadOnlyList<TemplateView> Items);
