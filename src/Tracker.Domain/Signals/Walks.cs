namespace Tracker.Domain.Signals;

/// <summary>Slow scans: one link after the other in the order of the mail, at an even pace from one network. People skip, go back and pause.</summary>
static class Walks
{
    /// <summary>Three links in order can be chance later on, and where links between them are skipped; among fresh mail three neighbours are enough.</summary>
    const int Fewest = 4, FewestWhenRisky = 3;

    /// <summary>The longest step may be this much longer than the shortest.</summary>
    const double Evenness = 1.6;

    public static void Mark(Scene scene, Burst?[] found)
    {
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] is null && Burst.Counts(scene.Facts[i]))
            {
                MarkFrom(scene, found, i);
            }
        }
    }

    static void MarkFrom(Scene scene, Burst?[] found, int start)
    {
        var (last, length, skips) = (start, 1, false);
        var (shortest, longest) = (TimeSpan.MaxValue, TimeSpan.Zero);
        for (var i = start + 1; i < found.Length; i++)
        {
            var (from, to) = (scene.Facts[last], scene.Facts[i]);
            if (!Burst.Counts(to) || !to.SameOperator(from))
            {
                continue;
            }
            var step = to.Since(from);
            var (low, high) = (step < shortest ? step : shortest, step > longest ? step : longest);
            if (to.Hit.Link <= from.Hit.Link || step > Timing.WalkStep || step <= TimeSpan.Zero || high > low * Evenness)
            {
                break;
            }
            (last, length, shortest, longest, skips) = (i, length + 1, low, high, skips || to.Hit.Link > from.Hit.Link + 1);
        }
        if (length >= (scene.IsRisky(scene.Facts[start]) && !skips ? FewestWhenRisky : Fewest))
        {
            var walk = new Burst(length, length, 1, scene.Facts[last].Since(scene.Facts[start]), IsWalk: true);
            for (var i = start; i <= last; i++)
            {
                found[i] = Burst.Counts(scene.Facts[i]) && scene.Facts[i].SameOperator(scene.Facts[start]) ? walk : found[i];
            }
        }
    }
}
