using Tracker.Domain.Signals;
using Tracker.Feed;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>What judging history anew has changed.</summary>
public sealed class RebuildReport
{
    public long Copies { get; set; }
    public long Hits { get; set; }

    /// <summary>Hits whose User-Agent is kept no longer: their verdict stands.</summary>
    public long Frozen { get; set; }

    /// <summary>How many hits went from one verdict to another.</summary>
    public SortedDictionary<string, long> Changed { get; } = new(StringComparer.Ordinal);

    public long Prospects { get; set; }

    /// <summary>Prompts and owed calls that no person's look supports any more.</summary>
    public long PromptsWithdrawn { get; set; }
}

/// <summary>
/// Judges stored hits anew with today's rules, then counts heat, sittings and prompts anew. In portions, each a short transaction, so that a server goes on beside
/// it; what comes in meanwhile is judged as ever. Doing it twice changes nothing more.
/// </summary>
public sealed class Rebuild(Database database, Review review, EngagementBook book, FeedLog feed, TrackerSettings settings, TimeProvider time)
{
    const int CopiesAtOnce = 50, ProspectsAtOnce = 100;

    /// <param name="progress">Told after every portion: what, how many are done, and of how many.</param>
    public async Task<RebuildReport> RunAsync(Action<string, long, long> progress, CancellationToken ct)
    {
        var report = new RebuildReport();
        // A look of the last hour that turns out to be a person's raises its prompt now; older ones would be calls about yesterday.
        var news = new List<EngagementFact>();
        await InPortionsAsync("copies", CopiesAtOnce, (s, ids) => CopiesAsync(s, ids, report, news), progress, ct);
        await InPortionsAsync("prospects", ProspectsAtOnce, async (s, ids) =>
        {
            report.Prospects += ids.Count;
            report.PromptsWithdrawn += await book.CountAnewAsync(s, ids, news.Where(n => ids.Contains(n.Copy.ProspectId)).ToLookup(n => n.Copy.ProspectId), time.GetUtcNow());
        }, progress, ct);
        await InPortionsAsync("companies", ProspectsAtOnce, async (s, ids) =>
        {
            foreach (var id in ids)
            {
                await CompanyHeat.RecountAsync(s, id, settings.HeatScale, settings.HeatWeights);
            }
        }, progress, ct);
        return report;
    }

    async Task InPortionsAsync(string table, int atOnce, Func<Session, IReadOnlyCollection<long>, Task> work, Action<string, long, long> progress, CancellationToken ct)
    {
        var all = await database.ReadAsync(s => s.ScalarAsync<long>($"select count(*) from {table}"), ct);
        var (after, done) = (0L, 0L);
        while (true)
        {
            var ids = await database.WriteAsync(async s =>
            {
                var some = await s.QueryAsync<long>($"select id from {table} where id > @after order by id limit @atOnce", new { after, atOnce });
                if (some.Count > 0)
                {
                    await work(s, some);
                }
                return some;
            }, ct);
            if (ids.Count == 0)
            {
                return;
            }
            (after, done) = (ids[^1], done + ids.Count);
            progress(table, done, Math.Max(all, done));
        }
    }

    async Task CopiesAsync(Session session, IReadOnlyCollection<long> ids, RebuildReport report, List<EngagementFact> news)
    {
        var now = time.GetUtcNow();
        var copies = await CopyRow.ByIdAsync(session, ids);
        var rows = await HitRow.RecentAsync(session, ids, int.MaxValue);
        var scenes = await CopyScenes.LoadAsync(session, copies);
        foreach (var copy in copies.OrderBy(c => c.Id))
        {
            var stored = rows[copy.Id].ToList();
            var hits = stored.Where(r => !r.IsReduced).Select(r => new JudgedHit(copy, r.ToHit(), r.ToJudgement())).ToList();
            JudgedHit.JudgeAnew(hits, await scenes.TrafficAsync(session, copy, []), now);
            await review.SaveAnewAsync(session, copy, hits, hasFrozen: hits.Count < stored.Count);
            var counts = CopyCounts.Of(hits);
            await feed.AppendAsync(session, [.. hits.Where(h => h.IsTold).Select(h => Review.Entry(h, scenes.Links, counts))]);
            news.AddRange(hits.Where(h => h.IsGained && now - h.Hit.At < settings.Prompts.Lifetime).Select(h => EngagementFact.Of(h) with { IsNews = true }));
            Report(report, hits, stored.Count);
        }
    }

    static void Report(RebuildReport report, List<JudgedHit> hits, int stored)
    {
        report.Copies++;
        report.Hits += stored;
        report.Frozen += stored - hits.Count;
        foreach (var hit in hits.Where(h => h.Before!.Verdict != h.After.Verdict))
        {
            var change = $"{VerdictText.Of(hit.Before!.Verdict)} → {VerdictText.Of(hit.After.Verdict)}";
            report.Changed[change] = report.Changed.GetValueOrDefault(change) + 1;
        }
    }
}
