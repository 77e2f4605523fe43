using Tracker.Domain.Signals;
using Tracker.Feed;
using Tracker.Outbound;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>What judging some copies anew has changed.</summary>
/// <param name="Gained">Hits that are a person's now and were not before, oldest first.</param>
/// <param name="Lost">Prospects one of whose hits is a person's no longer.</param>
/// <param name="Forwarded">The hits that showed a copy to be likely forwarded.</param>
/// <param name="Entries">For the feed.</param>
public sealed record Reviewed(
    IReadOnlyList<EngagementFact> Gained, IReadOnlySet<long> Lost, IReadOnlyList<EngagementFact> Forwarded, IReadOnlyList<FeedEntry> Entries);

/// <summary>Judges the hits of copies, new ones together with recent ones, and stores what comes out of it.</summary>
public sealed class Review(Dictionaries dictionaries, TrackerMetrics metrics)
{
    /// <param name="arrived">New hits by copy; a copy without any is judged anew as it stands.</param>
    public async Task<Reviewed> RunAsync(Session session, IReadOnlyCollection<CopyRow> copies, ILookup<long, Hit> arrived, DateTimeOffset now)
    {
        var recent = await HitRow.RecentAsync(session, [.. copies.Where(c => c.LastHitId is not null).Select(c => c.Id)]);
        var scenes = await CopyScenes.LoadAsync(session, copies);
        var all = new List<JudgedHit>();
        var entries = new List<FeedEntry>();
        var forwarded = new List<EngagementFact>();
        foreach (var copy in copies)
        {
            // What is left of a cut-down User-Agent would be judged wrongly: its verdict stands.
            JudgedHit[] hits =
            [
                .. recent[copy.Id].Where(r => !r.IsReduced).Select(r => new JudgedHit(copy, r.ToHit(), r.ToJudgement())),
                .. arrived[copy.Id].Select(h => new JudgedHit(copy, h, null)),
            ];
            JudgedHit.Judge(hits, await scenes.TrafficAsync(session, copy, []), now);
            var counts = CopyCounts.Of(hits);
            entries.AddRange(hits.Where(h => h.IsTold).Select(h => Entry(h, scenes.Links, counts)));
            forwarded.AddRange(Forwarded(hits));
            await CompanyScans.NoteAsync(session, copy, hits.Where(h => h.IsChanged));
            await SaveAsync(session, copy, hits, counts, [.. arrived[copy.Id]]);
            all.AddRange(hits);
        }
        await InsertAsync(session, all, copies);
        await ForwardedBook.SaveAsync(session, forwarded, entries);
        return new(
            [.. all.Where(h => h.IsGained).Select(EngagementFact.Of).OrderBy(g => g.At)], all.Where(h => h.IsLost).Select(h => h.Copy.ProspectId).ToHashSet(), forwarded, entries);
    }

    async Task SaveAsync(Session session, CopyRow copy, IReadOnlyList<JudgedHit> hits, CopyCounts counts, IReadOnlyCollection<Hit> arrived)
    {
        await counts.SaveAsync(session, copy, arrived);
        foreach (var hit in hits)
        {
            if (hit is { IsChanged: true, IsNew: false })
            {
                await ChangeAsync(session, hit.After);
            }
            await HoldAsync(session, hit);
        }
    }

    /// <summary>Stores what judging a copy's whole history anew has changed.</summary>
    /// <param name="hasFrozen">What rests on hits that cannot be judged again is left as it is.</param>
    public async Task SaveAnewAsync(Session session, CopyRow copy, IReadOnlyList<JudgedHit> hits, bool hasFrozen)
    {
        if (!hasFrozen)
        {
            await session.ExecuteAsync("delete from company_scans where copy_id = @id", new { id = copy.Id });
            await session.ExecuteAsync(
                "update copies set forwarded_at_ms = @at where id = @id", new { id = copy.Id, at = FirstForwarded(hits)?.At.Ms() });
        }
        await CompanyScans.NoteAsync(session, copy, hits);
        await SaveAsync(session, copy, hits, CopyCounts.Of(hits), []);
        foreach (var some in hits.Select(h => h.Hit.Id).Chunk(1000))
        {
            await session.ExecuteAsync(
                "update hits set rules_version = @version where rules_version <> @version and " + session.Dialect.In("id", "@some"), new { version = (long)Judge.RulesVersion, some });
        }
    }

    // Each copy's new hits hang on its last one, in the order of their ids.
    async Task InsertAsync(Session session, List<JudgedHit> all, IReadOnlyCollection<CopyRow> copies)
    {
        var last = copies.ToDictionary(c => c.Id, c => c.LastHitId);
        var rows = new List<object?[]>();
        foreach (var hit in all.Where(h => h.IsNew))
        {
            rows.Add(await RowAsync(session, hit, last[hit.Copy.Id]));
            last[hit.Copy.Id] = hit.Hit.Id;
            metrics.Judged(hit.After.Verdict, 1);
        }
        await session.InsertAsync("""
            insert into hits (id, copy_id, previous_id, at_ms, kind, link, method, client_id, network_id, source_prefix, source_hash, own_visit, other_copies, verdict,
                              confidence, reason_id, rules_version) values
            """, rows);
    }

    /// <summary>At most one: it is told once a copy.</summary>
    static IEnumerable<EngagementFact> Forwarded(JudgedHit[] hits) =>
        hits.Length > 0 && hits[0].Copy.ForwardedAtMs is null && FirstForwarded(hits, h => h.IsGained) is { } fact ? [fact] : [];

    static EngagementFact? FirstForwarded(IReadOnlyList<JudgedHit> hits, Func<JudgedHit, bool>? among = null)
    {
        var people = hits.Where(h => h.After.Verdict == Verdict.Human).OrderBy(h => h.Hit.At).ThenBy(h => h.Hit.Id).ToList();
        var found = people.FindIndex(h => among?.Invoke(h) != false && Forwarding.IsLikely(people.TakeWhile(p => p != h).Select(p => p.Hit), h.Hit));
        return found < 0 ? null : EngagementFact.Of(people[found]);
    }

    async Task<object?[]> RowAsync(Session session, JudgedHit judged, long? previous)
    {
        var hit = judged.Hit;
        return
        [
            hit.Id, judged.Copy.Id, previous, hit.At.Ms(), (long)hit.Kind, (long?)hit.Link, hit.Method, await dictionaries.ClientAsync(session, hit),
            await dictionaries.NetworkAsync(session, hit.Network), hit.SourcePrefix, hit.SourceHash, (long)hit.OwnVisit, (long)hit.OtherCopies, (long)judged.After.Verdict,
            Percent(judged.After), await dictionaries.ReasonsAsync(session, judged.After.Reasons), (long)Judge.RulesVersion,
        ];
    }

    internal async Task ChangeAsync(Session session, Judgement judgement) => await session.ExecuteAsync(
        "update hits set verdict = @verdict, confidence = @confidence, reason_id = @reasons, rules_version = @version where id = @hit",
        new
        {
            hit = judgement.HitId, verdict = (long)judgement.Verdict, confidence = Percent(judgement), reasons = await dictionaries.ReasonsAsync(session, judgement.Reasons),
            version = (long)Judge.RulesVersion,
        });

    internal static async Task HoldAsync(Session session, JudgedHit hit)
    {
        if (hit.After is { Verdict: Verdict.Checking, DueAt: { } due })
        {
            await session.ExecuteAsync(
                "insert into held_hits (hit_id, copy_id, due_at_ms) values (@hit, @copy, @due) on conflict (hit_id) do update set due_at_ms = excluded.due_at_ms",
                new { hit = hit.Hit.Id, copy = hit.Copy.Id, due = due.Ms() });
        }
        else if (hit.Before?.Verdict == Verdict.Checking)
        {
            await session.ExecuteAsync("delete from held_hits where hit_id = @hit", new { hit = hit.Hit.Id });
        }
    }

    internal static FeedEntry Entry(JudgedHit judged, LinkNames links, CopyCounts counts)
    {
        var (copy, hit) = (judged.Copy, judged.Hit);
        return new(judged.IsNew ? FeedTypes.Hit : FeedTypes.HitJudged, hit.At, copy.RepId, copy.ProspectId, copy.MessageId, new HitEvent(
            Ids.Text(hit.Id), Ids.Text(copy.Id), Ids.Text(copy.MessageId), Ids.Text(copy.ProspectId), copy.Recipient, copy.Subject, VerdictText.Of(hit.Kind), hit.Link,
            hit.Link is { } link ? links.Of(copy.MessageId, link) : null, hit.At, VerdictText.Of(judged.After.Verdict), judged.After.Reasons, MetadataText.Parse(copy.Metadata),
            counts.AddedTo(copy)));
    }

    static long Percent(Judgement judgement) => (long)Math.Round(judgement.Confidence * 100);
}
