using Tracker.Domain.Signals;
using Tracker.Feed;
using Tracker.Outbound;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>What judging some copies anew has changed.</summary>
/// <param name="Gained">Hits that are a person's now and were not before, oldest first.</param>
/// <param name="Lost">Prospects one of whose hits is a person's no longer.</param>
/// <param name="Entries">For the feed.</param>
public sealed record Reviewed(IReadOnlyList<EngagementFact> Gained, IReadOnlySet<long> Lost, IReadOnlyList<FeedEntry> Entries);

/// <summary>Judges the hits of copies, new ones together with recent ones, and stores what comes out of it.</summary>
public sealed class Review(Dictionaries dictionaries, TrackerMetrics metrics)
{
    /// <param name="arrived">New hits by copy; a copy without any is judged anew as it stands.</param>
    public async Task<Reviewed> RunAsync(Session session, IReadOnlyCollection<CopyRow> copies, ILookup<long, Hit> arrived, DateTimeOffset now)
    {
        var recent = await HitRow.RecentAsync(session, [.. copies.Where(c => c.LastHitId is not null).Select(c => c.Id)]);
        var links = await LinkNames.LoadAsync(session, [.. copies.Select(c => c.MessageId).Distinct()]);
        var gained = new List<EngagementFact>();
        var lost = new HashSet<long>();
        var entries = new List<FeedEntry>();
        var inserts = new List<object?[]>();
        foreach (var copy in copies)
        {
            var known = recent[copy.Id].ToDictionary(r => r.Id, r => r.ToJudgement());
            var frozen = recent[copy.Id].Where(r => r.IsFrozen).Select(r => r.Id).ToHashSet();
            var stored = recent[copy.Id].Select(r => r.ToHit());
            var hits = stored.Concat(arrived[copy.Id]).ToList();
            var previous = copy.LastHitId;
            foreach (var (hit, judgement) in hits.Zip(Judge.Review(Traffic(copy, hits), now)))
            {
                if (frozen.Contains(hit.Id))
                {
                    continue;
                }
                var before = known.GetValueOrDefault(hit.Id);
                if (before is not null && before.Verdict == judgement.Verdict && before.Reasons.SequenceEqual(judgement.Reasons))
                {
                    await HoldAsync(session, copy, before, judgement);
                    continue;
                }
                if (before is null)
                {
                    inserts.Add(await RowAsync(session, copy, hit, judgement, previous));
                    previous = hit.Id;
                    metrics.Judged(judgement.Verdict, 1);
                }
                else
                {
                    await ChangeAsync(session, hit.Id, judgement);
                }
                await HoldAsync(session, copy, before, judgement);
                if (before?.Verdict != judgement.Verdict)
                {
                    entries.Add(Entry(copy, hit, judgement, links, isNew: before is null));
                }
                if (judgement.Verdict == Verdict.Human && before?.Verdict != Verdict.Human)
                {
                    gained.Add(new(copy, hit.Id, hit.Kind, hit.Link, hit.At));
                }
                else if (before?.Verdict == Verdict.Human && judgement.Verdict != Verdict.Human)
                {
                    lost.Add(copy.ProspectId);
                }
            }
        }
        await session.InsertAsync("""
            insert into hits (id, copy_id, previous_id, at_ms, kind, link, method, client_id, network_id, source_prefix, source_hash, own_visit, verdict,
                              confidence, reason_id, rules_version) values
            """, inserts);
        return new([.. gained.OrderBy(g => g.At)], lost, entries);
    }

    public static CopyTraffic Traffic(CopyRow copy, IReadOnlyList<Hit> hits) => new()
    {
        SentAt = Times.Of(copy.SentAtMs),
        FirstHitAt = Times.Of(copy.FirstHitAtMs),
        LinkCount = (int)copy.LinksTracked,
        Hits = hits,
    };

    async Task<object?[]> RowAsync(Session session, CopyRow copy, Hit hit, Judgement judgement, long? previous) =>
    [
        hit.Id, copy.Id, previous, hit.At.Ms(), (long)hit.Kind, (long?)hit.Link, hit.Method, await dictionaries.ClientAsync(session, hit),
        await dictionaries.NetworkAsync(session, hit.Network), hit.SourcePrefix, hit.SourceHash, (long)hit.OwnVisit, (long)judgement.Verdict,
        Percent(judgement), await dictionaries.ReasonsAsync(session, judgement.Reasons), (long)Judge.RulesVersion,
    ];

    async Task ChangeAsync(Session session, long hitId, Judgement judgement) => await session.ExecuteAsync(
        "update hits set verdict = @verdict, confidence = @confidence, reason_id = @reasons, rules_version = @version where id = @hitId",
        new
        {
            hitId, verdict = (long)judgement.Verdict, confidence = Percent(judgement), reasons = await dictionaries.ReasonsAsync(session, judgement.Reasons),
            version = (long)Judge.RulesVersion,
        });

    static async Task HoldAsync(Session session, CopyRow copy, Judgement? before, Judgement judgement)
    {
        if (judgement is { Verdict: Verdict.Checking, DueAt: { } due })
        {
            await session.ExecuteAsync(
                "insert into held_hits (hit_id, copy_id, due_at_ms) values (@hit, @copy, @due) on conflict (hit_id) do update set due_at_ms = excluded.due_at_ms",
                new { hit = judgement.HitId, copy = copy.Id, due = due.Ms() });
        }
        else if (before?.Verdict == Verdict.Checking)
        {
            await session.ExecuteAsync("delete from held_hits where hit_id = @hit", new { hit = judgement.HitId });
        }
    }

    static FeedEntry Entry(CopyRow copy, Hit hit, Judgement judgement, LinkNames links, bool isNew) => new(
        isNew ? FeedTypes.Hit : FeedTypes.HitJudged, hit.At, copy.RepId, copy.ProspectId, copy.MessageId, new HitEvent(
            Ids.Text(hit.Id), Ids.Text(copy.Id), Ids.Text(copy.MessageId), Ids.Text(copy.ProspectId), copy.Recipient, copy.Subject, VerdictText.Of(hit.Kind), hit.Link,
            hit.Link is { } link ? links.Of(copy.MessageId, link) : null, hit.At, VerdictText.Of(judgement.Verdict), judgement.Reasons, MetadataText.Parse(copy.Metadata)));

    static long Percent(Judgement judgement) => (long)Math.Round(judgement.Confidence * 100);
}
