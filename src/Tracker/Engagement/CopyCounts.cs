using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>A copy's hits by who made them.</summary>
/// <param name="Unknown">Those still being checked, too.</param>
public sealed record HitCounts(long Human, long Automatic, long Unknown);

/// <summary>What some judged hits change in their copy's row.</summary>
public sealed record CopyCounts(long Human, long Automatic, long Unknown, long SeenOpens, long AppleOpens, long HumanClicks)
{
    public static CopyCounts Of(IReadOnlyCollection<JudgedHit> judged) => new(
        judged.Sum(j => Change(j, v => v == Verdict.Human)),
        judged.Sum(j => Change(j, v => v == Verdict.Machine)),
        judged.Sum(j => Change(j, v => v is Verdict.Unknown or Verdict.Checking)),
        judged.Where(j => j.Hit.Kind == HitKind.Open && !IsApple(j)).Sum(j => Change(j, v => v != Verdict.Machine)),
        judged.Count(j => j.Before is null && j.Hit.Kind == HitKind.Open && IsApple(j)),
        judged.Where(j => j.Hit.Kind == HitKind.Click).Sum(j => Change(j, v => v == Verdict.Human)));

    static bool IsApple(JudgedHit judged) => Client.Of(judged.Hit.UserAgent).Kind == ClientKind.Bare;

    static int Change(JudgedHit judged, Func<Verdict, bool> counts) =>
        (counts(judged.After.Verdict) ? 1 : 0) - (judged.Before is { } before && counts(before.Verdict) ? 1 : 0);

    public HitCounts AddedTo(CopyRow copy) => new(copy.HumanHits + Human, copy.AutomaticHits + Automatic, copy.UnknownHits + Unknown);

    /// <summary>Adds them to the copy's row and hangs its new hits onto its chain.</summary>
    public Task<int> SaveAsync(Session session, CopyRow copy, IReadOnlyCollection<Hit> arrived) => session.ExecuteAsync("""
        update copies set human_hits = human_hits + @Human, automatic_hits = automatic_hits + @Automatic, unknown_hits = unknown_hits + @Unknown,
               seen_opens = seen_opens + @SeenOpens, apple_opens = apple_opens + @AppleOpens, human_clicks = human_clicks + @HumanClicks,
               last_hit_id = coalesce(@last, last_hit_id), first_hit_at_ms = coalesce(first_hit_at_ms, @first)
        where id = @id
        """, new
    {
        id = copy.Id, Human, Automatic, Unknown, SeenOpens, AppleOpens, HumanClicks,
        last = arrived.Count == 0 ? (long?)null : arrived.Max(h => h.Id), first = arrived.Count == 0 ? (long?)null : arrived.Min(h => h.At).Ms(),
    });
}
