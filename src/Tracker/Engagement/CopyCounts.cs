using Tracker.Domain.Signals;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>A copy's hits by who made them.</summary>
/// <param name="Unknown">Those still being checked, too.</param>
public sealed record HitCounts(long Human, long Automatic, long Unknown);

/// <summary>What some judged hits change in their copy's row.</summary>
public sealed record CopyCounts(long Human, long Automatic, long Unknown, long SeenOpens, long AppleOpens, long HumanClicks)
{
    /// <summary>See <see cref="Row"/>.</summary>
    public const string Update = """
        update copies set human_hits = human_hits + @p1, automatic_hits = automatic_hits + @p2, unknown_hits = unknown_hits + @p3, seen_opens = seen_opens + @p4,
               apple_opens = apple_opens + @p5, human_clicks = human_clicks + @p6, last_hit_id = coalesce(@p7, last_hit_id), first_hit_at_ms = coalesce(first_hit_at_ms, @p8)
        where id = @p0
        """;

    public static CopyCounts Of(IReadOnlyCollection<JudgedHit> judged)
    {
        var (human, automatic, unknown, seen, apple, clicks) = (0, 0, 0, 0, 0, 0);
        foreach (var hit in judged.Where(j => j.IsTold))
        {
            human += Change(hit, Verdict.Human);
            automatic += Change(hit, Verdict.Machine);
            unknown += Change(hit, Verdict.Unknown) + Change(hit, Verdict.Checking);
            if (hit.Hit.Kind == HitKind.Click)
            {
                clicks += Change(hit, Verdict.Human);
            }
            else if (!IsApple(hit))
            {
                // Whoever was no machine may have been a person.
                seen += (hit.After.Verdict != Verdict.Machine ? 1 : 0) - (hit.Before is { Verdict: not Verdict.Machine } ? 1 : 0);
            }
            else if (hit.IsNew)
            {
                apple++;
            }
        }
        return new(human, automatic, unknown, seen, apple, clicks);
    }

    static bool IsApple(JudgedHit judged) => Client.Of(judged.Hit.UserAgent).Kind == ClientKind.Bare;

    static int Change(JudgedHit judged, Verdict verdict) => (judged.After.Verdict == verdict ? 1 : 0) - (judged.Before?.Verdict == verdict ? 1 : 0);

    public HitCounts AddedTo(CopyRow copy) => new(copy.HumanHits + Human, copy.AutomaticHits + Automatic, copy.UnknownHits + Unknown);

    /// <summary>Values for <see cref="Update"/>: adds the counts to the copy's row and hangs its new hits onto its chain.</summary>
    public object?[] Row(CopyRow copy, IReadOnlyCollection<Hit> arrived) =>
    [
        copy.Id, Human, Automatic, Unknown, SeenOpens, AppleOpens, HumanClicks,
        arrived.Count == 0 ? null : arrived.Max(h => h.Id), arrived.Count == 0 ? null : arrived.Min(h => h.At).Ms(),
    ];
}
