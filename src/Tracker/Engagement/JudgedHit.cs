using Tracker.Domain.Signals;

namespace Tracker.Engagement;

/// <summary>A hit of a copy with what was and what is thought of it.</summary>
/// <param name="Before">As stored; null for a new hit.</param>
public sealed record JudgedHit(CopyRow Copy, Hit Hit, Judgement? Before)
{
    public Judgement After { get; set; } = Before ?? new(Hit.Id, Verdict.Unknown, 0, [""]);

    public bool IsNew => Before is null;

    public bool IsChanged => Before is null || Before.Verdict != After.Verdict || !Before.Reasons.SequenceEqual(After.Reasons);

    /// <summary>Worth an entry on the feed; other reasons for the same verdict are not.</summary>
    public bool IsTold => Before?.Verdict != After.Verdict;

    /// <summary>A person's now, and was not before.</summary>
    public bool IsGained => After.Verdict == Verdict.Human && Before?.Verdict != Verdict.Human;

    public bool IsLost => Before?.Verdict == Verdict.Human && After.Verdict != Verdict.Human;

    /// <summary>A look that happens now, not an old one that is explained by it.</summary>
    public bool IsNews => Before is null or { Verdict: Verdict.Checking };

    /// <summary>
    /// Judges the hits of one copy: those that are stored and those that came. However many came at once, the judge sees a few dozen at a time, as if they had come one
    /// after the other: its work grows with the square of what it sees.
    /// </summary>
    /// <param name="hits">The stored ones first.</param>
    public static void Judge(IReadOnlyList<JudgedHit> hits, CopyTraffic traffic, DateTimeOffset now)
    {
        var first = hits.Select(h => h.Hit.At).Append(traffic.FirstHitAt ?? DateTimeOffset.MaxValue).Min();
        var stored = hits.TakeWhile(h => !h.IsNew).Count();
        for (var from = stored; from == stored || from < hits.Count; from += HitRow.MaxRecent)
        {
            var start = Math.Max(0, from - HitRow.MaxRecent);
            JudgeSome([.. hits.Skip(start).Take(from + HitRow.MaxRecent - start)], traffic with { FirstHitAt = first }, now);
        }
    }

    static void JudgeSome(JudgedHit[] some, CopyTraffic traffic, DateTimeOffset now)
    {
        var inTime = IsInTime(some) ? some : [.. some.OrderBy(s => s.Hit.At).ThenBy(s => s.Hit.Id)];
        foreach (var (hit, judgement) in inTime.Zip(Domain.Signals.Judge.Review(traffic with { Hits = [.. inTime.Select(s => s.Hit)] }, now)))
        {
            hit.After = judgement;
        }
    }

    /// <summary>Mostly they are. But several nodes give out ids: by the id alone a hit may stand before what happened before it.</summary>
    static bool IsInTime(JudgedHit[] some)
    {
        for (var i = 1; i < some.Length; i++)
        {
            var (one, next) = (some[i - 1].Hit, some[i].Hit);
            if (one.At > next.At || (one.At == next.At && one.Id > next.Id))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Judges a copy's whole history: stretches that overlap by half, each hit judged where most of what came before and after it is seen.</summary>
    public static void JudgeAnew(IReadOnlyList<JudgedHit> hits, CopyTraffic traffic, DateTimeOffset now)
    {
        const int Stretch = 2 * HitRow.MaxRecent, Step = HitRow.MaxRecent, Edge = Step / 2;
        for (var start = 0; start == 0 || start + Step < hits.Count; start += Step)
        {
            var some = hits.Skip(start).Take(Stretch).ToArray();
            var before = some.Select(s => s.After).ToArray();
            JudgeSome(some, traffic, now);
            for (var i = 0; i < Edge && start > 0 && i < some.Length; i++)
            {
                some[i].After = before[i];
            }
        }
    }
}
