namespace Tracker.Domain.FollowUp;

/// <param name="At">The day it is wanted on, before it is moved to working days and call times.</param>
/// <param name="IsAgreed">The moment was agreed with them, such as the review: it is not moved.</param>
public sealed record PlannedTouch(TouchKind Kind, TouchKind? Also, DateTimeOffset At, string Reason, string? Topic, bool IsAgreed = false);

/// <summary>What a plan's dates come from.</summary>
/// <param name="Start">Touches of day 0 are wanted from here on.</param>
/// <param name="Anchors">Dates of this prospect by kind: the review, the contract's end, a season.</param>
public sealed record PlanBase(DateTimeOffset Start, double CycleDays, IReadOnlyDictionary<string, DateTimeOffset> Anchors);

public static class PlanSchedule
{
    /// <summary>The tail of a plan comes at a quarter of the cycle, but never more often than this.</summary>
    const int LeastTailDays = 14;

    /// <summary>The anchor that is agreed to the minute.</summary>
    public const string Review = "review";

    /// <summary>The touches of a template for one prospect, in order of time.</summary>
    public static IReadOnlyList<PlannedTouch> Make(PlanTemplate template, PlanBase on) => Intermixed(
    [
        .. template.Touches.Select(touch => (Touch: touch, At: When(touch, on))).Where(t => t.At is not null).OrderBy(t => t.At)
            .Select(t => new PlannedTouch(t.Touch.Kind, t.Touch.Also, t.At!.Value, t.Touch.Reason, t.Touch.Topic, t.Touch.Anchor == Review)),
    ]);

    /// <summary>The touches of a template that hang on one kind of date, when there is still time for them.</summary>
    public static IReadOnlyList<PlannedTouch> Hanging(PlanTemplate template, string dateKind, PlanBase on) =>
        [.. Make(template with { Touches = [.. template.Touches.Where(t => t.Anchor == dateKind)] }, on)];

    /// <summary>In a short cycle touches move together: the third of a kind in a row becomes another. What was agreed stays.</summary>
    static List<PlannedTouch> Intermixed(List<PlannedTouch> touches)
    {
        for (var i = 2; i < touches.Count; i++)
        {
            if (touches[i].Kind == touches[i - 1].Kind && touches[i].Kind == touches[i - 2].Kind)
            {
                var change = touches[i].IsAgreed ? i - 1 : i;
                touches[change] = touches[change] with { Kind = Switching.Other(touches[change].Kind) };
            }
        }
        return touches;
    }

    static DateTimeOffset? When(TemplateTouch touch, PlanBase on)
    {
        if (touch.Anchor is null)
        {
            return on.Start.AddDays(touch.Days + Math.Round(touch.Cycle * on.CycleDays));
        }
        var at = on.Anchors.TryGetValue(touch.Anchor, out var day) ? day.AddDays(-touch.Days) : (DateTimeOffset?)null;
        return at >= on.Start ? at : null;
    }

    /// <summary>A plan does not run out: what comes after its last touch, until they say stop or ready.</summary>
    /// <param name="kinds">Of the plan's touches so far, oldest first.</param>
    /// <param name="last">When the last of them was, or is.</param>
    public static PlannedTouch After(PlanTemplate template, IReadOnlyList<TouchKind> kinds, DateTimeOffset last, double cycleDays)
    {
        // Touches that hang on a date are rarely all there.
        var beyond = Math.Max(0, kinds.Count - template.Touches.Count(t => t.Anchor is null));
        var kind = template.Tail[beyond % template.Tail.Count];
        if (kinds is [.., var one, var two] && one == kind && two == kind)
        {
            kind = template.Tail.FirstOrDefault(k => k != kind, Switching.Other(kind));
        }
        var days = template.EveryDays ?? Math.Max(LeastTailDays, Math.Round(cycleDays / 4));
        return template.IsForItems
            ? new(kind, TouchKind.Email, last.AddDays(days), "the items that are still open", null)
            : new(kind, null, last.AddDays(days), "something for what they care about", Topics[beyond % Topics.Length]);
    }

    static readonly string[] Topics = ["interest", "newProduct", "proof", "season", "budget", "newPrice"];
}
