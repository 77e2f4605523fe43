using Tracker.Domain.Scoring;
using Tracker.Domain.Signals;
using Tracker.Outbound;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>A link and how often a person followed it.</summary>
public sealed record DrawnBy(string Label, int Clicks);

/// <summary>How one prospect reads, or several together.</summary>
/// <param name="Heat">Points over the last weeks, oldest first, at even distances.</param>
/// <param name="Hours">Looks and clicks by weekday (Monday first) and hour, in the zone asked for: 7 × 24.</param>
/// <param name="Links">The most followed first.</param>
public sealed record ReadingHabits(IReadOnlyList<double> Heat, DateTimeOffset Since, IReadOnlyList<int> Hours, IReadOnlyList<DrawnBy> Links)
{
    const int Samples = 84, Days = 28;

    public int Looks => Hours.Sum();

    /// <param name="repId">Only looks at this rep's mail; null: at everybody's.</param>
    public static async Task<ReadingHabits> OfAsync(
        Session session, IEnumerable<long> prospectIds, long? repId, TimeZoneInfo zone, HeatScale scale, HeatWeights weights, DateTimeOffset now)
    {
        var facts = (await EngagementHistory.OfAsync(session, [.. prospectIds])).SelectMany(f => f).Where(f => repId is null || f.Copy.RepId == repId).OrderBy(f => f.At).ToList();
        var names = await LinkNames.LoadAsync(session, [.. facts.Select(f => f.Copy.MessageId).Distinct()]);
        var links = facts.Where(f => f.Link is not null).GroupBy(f => names.Of(f.Copy.MessageId, f.Link!.Value) ?? "a link")
            .Select(g => new DrawnBy(g.Key, g.Count())).OrderByDescending(d => d.Clicks).ThenBy(d => d.Label, StringComparer.Ordinal).Take(10);
        return new(Curve(facts, scale, weights, now), now.AddDays(-Days), ByHour(facts.Select(f => TimeZoneInfo.ConvertTime(f.At, zone))), [.. links]);
    }

    /// <summary>Heat as it was at each sample: what had happened until then, decayed until then.</summary>
    static List<double> Curve(List<EngagementFact> facts, HeatScale scale, HeatWeights weights, DateTimeOffset now)
    {
        var (key, next, curve) = (HeatScale.Cold, 0, new List<double>());
        for (var i = 0; i <= Samples; i++)
        {
            var at = now.AddDays(-Days) + TimeSpan.FromDays(Days) * ((double)i / Samples);
            for (; next < facts.Count && facts[next].At <= at; next++)
            {
                key = scale.Add(key, weights.Of(facts[next].Kind), facts[next].At);
            }
            curve.Add(scale.HeatAt(key, at));
        }
        return curve;
    }

    static int[] ByHour(IEnumerable<DateTimeOffset> local)
    {
        var hours = new int[7 * 24];
        foreach (var at in local)
        {
            hours[((int)at.DayOfWeek + 6) % 7 * 24 + at.Hour]++;
        }
        return hours;
    }
}
