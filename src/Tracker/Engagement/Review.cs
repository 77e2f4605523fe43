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
    /// <summary>A copy, what bears on judging it, and what came of that.</summary>
    sealed record Case(CopyRow Copy, CopyTraffic Traffic)
    {
        public JudgedHit[] Hits { get; set; } = [];
    }

    /// <param name="arrived">New hits by copy; a copy without any is judged anew as it stands.</param>
    /// <param name="known">What is known already of the copies' hits.</param>
    public async Task<Reviewed> RunAsync(Session session, IReadOnlyCollection<CopyRow> copies, ILookup<long, Hit> arrived, DateTimeOffset now, StoredCopies known)
    {
        var recent = await known.RecentAsync(session, copies);
        var scenes = await CopyScenes.LoadAsync(session, copies, [.. Followed(copies, recent, arrived)]);
        var cases = new List<Case>();
        foreach (var copy in copies)
        {
            cases.Add(new(copy, await scenes.TrafficAsync(session, copy, [])));
        }
        await QuietThread.EachAsync(cases, some =>
        {
            // What is left of a cut-down User-Agent would be judged wrongly: its verdict stands.
            some.Hits =
            [
                .. recent(some.Copy).Where(r => !r.IsReduced).Select(r => new JudgedHit(some.Copy, r.ToHit(), r.ToJudgement())),
                .. arrived[some.Copy.Id].Select(h => new JudgedHit(some.Copy, h, null)),
            ];
            JudgedHit.Judge(some.Hits, some.Traffic, now);
        });
        var all = new List<JudgedHit>();
        var changes = new HitChanges(dictionaries);
        var entries = new List<FeedEntry>();
        var forwarded = new List<EngagementFact>();
        foreach (var (copy, hits) in cases.Select(c => (c.Copy, c.Hits)))
        {
            var counts = CopyCounts.Of(hits);
            entries.AddRange(hits.Where(h => h.IsTold).Select(h => Entry(h, scenes.Links, counts)));
            forwarded.AddRange(Forwarded(hits));
            await CompanyScans.NoteAsync(session, copy, hits.Where(h => h.IsChanged));
            await changes.AddAsync(session, copy, hits, counts, [.. arrived[copy.Id]]);
            all.AddRange(hits);
        }
        await changes.SaveAsync(session);
        await InsertAsync(session, all, copies);
        await ForwardedBook.SaveAsync(session, forwarded, entries);
        return new(
            [.. all.Where(h => h.IsGained).Select(EngagementFact.Of).OrderBy(g => g.At)], all.Where(h => h.IsLost).Select(h => h.Copy.ProspectId).ToHashSet(), forwarded, entries);
    }

    /// <summary>Messages whose links matter to the judge and the feed: those one of whose links was followed.</summary>
    static IEnumerable<long> Followed(IEnumerable<CopyRow> copies, Func<CopyRow, IEnumerable<HitRow>> recent, ILookup<long, Hit> arrived) =>
        copies.Where(c => arrived[c.Id].Any(h => h.Kind == HitKind.Click) || recent(c).Any(h => h.Kind == (long)HitKind.Click)).Select(c => c.MessageId).Distinct();

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
        var changes = new HitChanges(dictionaries);
        await changes.AddAsync(session, copy, hits, CopyCounts.Of(hits), []);
        await changes.SaveAsync(session);
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
        Array.Exists(hits, h => h.IsGained) && hits[0].Copy.ForwardedAtMs is null && FirstForwarded(hits, h => h.IsGained) is { } fact ? [fact] : [];

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
            HitChanges.Percent(judged.After), await dictionaries.ReasonsAsync(session, judged.After.Reasons), (long)Judge.RulesVersion,
        ];
    }

    internal static FeedEntry Entry(JudgedHit judged, LinkNames links, CopyCounts counts)
    {
        var (copy, hit) = (judged.Copy, judged.Hit);
        return new(judged.IsNew ? FeedTypes.Hit : FeedTypes.HitJudged, hit.At, copy.RepId, copy.ProspectId, copy.MessageId, new HitEvent(
            Ids.Text(hit.Id), Ids.Text(copy.Id), Ids.Text(copy.MessageId), Ids.Text(copy.ProspectId), copy.Recipient, copy.Subject, VerdictText.Of(hit.Kind), hit.Link,
            hit.Link is { } link ? links.Of(copy.MessageId, link) : null, hit.At, VerdictText.Of(judged.After.Verdict), judged.After.Reasons, MetadataText.Parse(copy.Metadata),
            counts.AddedTo(copy)));
    }
}
