using Tracker.Domain.Signals;
using Tracker.Feed;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>
/// One transaction per batch of journal records: hits stored once, judged, scored, prompted and fed, and the checkpoint moved. Either all of it happens
/// or none, so a crash anywhere repeats the batch and counts nothing twice.
/// </summary>
public sealed partial class Projection(Review review, EngagementBook book, RecentSources sources, FeedLog feed, TrackerMetrics metrics, TimeProvider time, ILogger<Projection> log)
{
    readonly ReadAhead _ahead = new();

    /// <inheritdoc cref="ReadAhead.WaitAsync"/>
    public Task ReadyAsync() => _ahead.WaitAsync();

    /// <returns>The last hit id of this node that is in the database; 0 when none is.</returns>
    public static async Task<long> CheckpointAsync(Session session, int node) =>
        await session.ScalarAsync<long?>("select hit_id from checkpoints where node = @node", new { node = (long)node }) ?? 0;

    /// <param name="records">In the order of their ids, all after the checkpoint.</param>
    /// <param name="next">Those that will be stored next, if it is worth preparing for them meanwhile.</param>
    public async Task StoreAsync(Session session, int node, IReadOnlyList<JournalRecord> records, IReadOnlyList<JournalRecord>? next = null)
    {
        var known = await _ahead.GoOnAsync(session, next);
        // The checkpoint decides, not memory: another process may have moved it.
        var checkpoint = await CheckpointAsync(session, node);
        var fresh = await WithoutRefusalsAsync(session, records.Where(r => r.HitId > checkpoint).ToList());
        var stored = await StoredAsync(session, fresh);
        var hits = Decode(fresh.Where(r => !stored.Contains(r.HitId)), out var damaged);
        foreach (var (record, problem) in damaged)
        {
            await SetAsideAsync(session, record, problem);
        }
        if (hits.Count > 0)
        {
            await ProjectAsync(session, hits, known);
        }
        await MoveAsync(session, node, Math.Max(checkpoint, records[^1].HitId));
    }

    /// <summary>Applies the wishes among the records, before the hits that stand beside them.</summary>
    /// <returns>The rest.</returns>
    static async Task<List<JournalRecord>> WithoutRefusalsAsync(Session session, List<JournalRecord> records)
    {
        foreach (var record in records)
        {
            if (RefusalWish.TryRead(record.Payload.Span, out var wish))
            {
                await Prospects.Refusals.OfCopyAsync(session, wish.Copy.ToString(), wish.Source, wish.At);
            }
        }
        return records.FindAll(r => !RefusalWish.TryRead(r.Payload.Span, out _));
    }

    /// <summary>Which of them are in the database, though the checkpoint does not say so: it was put back, or the journal's folder was. Usually none.</summary>
    static async Task<HashSet<long>> StoredAsync(Session session, List<JournalRecord> records) => records.Count == 0 ? [] :
        [.. await session.QueryAsync<long>("select id from hits where id >= @first and id <= @last", new { first = records[0].HitId, last = records[^1].HitId })];

    /// <summary>Sets one record aside and goes on behind it.</summary>
    public async Task SkipAsync(Session session, int node, JournalRecord record, string problem)
    {
        await SetAsideAsync(session, record, problem);
        await MoveAsync(session, node, record.HitId);
    }

    /// <summary>Judges again what was held until now.</summary>
    /// <returns>How many copies were due.</returns>
    public async Task<int> ReviewDueAsync(Session session, DateTimeOffset now)
    {
        var due = (await session.QueryAsync<long>("select distinct copy_id from held_hits where due_at_ms <= @now limit 500", new { now = now.Ms() })).ToArray();
        if (due.Length > 0)
        {
            var copies = await CopyRow.ByIdAsync(session, due);
            // Who refused while the hit was held is not judged any more.
            var refused = await Prospects.Refusals.AmongAsync(session, [.. copies.Select(c => c.Recipient).Distinct()]);
            await ApplyAsync(
                session, await review.RunAsync(session, [.. copies.Where(c => !refused.Contains(c.Recipient))], Array.Empty<Hit>().ToLookup(_ => 0L), now, StoredCopies.None), now);
            // Whatever the judge said, what was due of these copies is due no longer, or the clock would come back to it for ever.
            await session.ExecuteAsync($"delete from held_hits where due_at_ms <= @now and {session.Dialect.In("copy_id", "@due")}", new { now = now.Ms(), due });
        }
        return due.Length;
    }

    /// <returns>When the next held hit is due; null when none is held.</returns>
    public static async Task<DateTimeOffset?> NextDueAsync(Session session) => Times.Of(await session.ScalarAsync<long?>("select min(due_at_ms) from held_hits"));

    static Task<int> MoveAsync(Session session, int node, long hitId) => session.ExecuteAsync(
        "insert into checkpoints (node, hit_id) values (@node, @hitId) on conflict (node) do update set hit_id = excluded.hit_id", new { node = (long)node, hitId });

    /// <summary>Keeps a record that cannot be stored where a person can look at it, so that one bad record does not stop the rest.</summary>
    async Task SetAsideAsync(Session session, JournalRecord record, string problem)
    {
        LogSetAside(record.HitId, problem);
        metrics.SetAside();
        await session.ExecuteAsync(
            "insert into hits_set_aside (hit_id, set_aside_at_ms, problem, payload) values (@id, @now, @problem, @payload) on conflict (hit_id) do nothing",
            new { id = record.HitId, now = time.GetUtcNow().Ms(), problem, payload = record.Payload.ToArray() });
    }

    static List<HitRecord> Decode(IEnumerable<JournalRecord> records, out List<(JournalRecord Record, string Problem)> damaged)
    {
        var hits = new List<HitRecord>();
        damaged = [];
        foreach (var record in records)
        {
            try
            {
                hits.Add(HitRecord.Read(record.HitId, record.Payload.Span));
            }
            catch (DamagedHitException e)
            {
                damaged.Add((record, e.Message));
            }
        }
        return hits;
    }

    async Task ProjectAsync(Session session, List<HitRecord> records, StoredCopies known)
    {
        var copies = (await known.ByTokenAsync(session, [.. records.Select(r => r.Copy.ToString()).Distinct()])).ToDictionary(c => c.Token);
        var refused = await Prospects.Refusals.AmongAsync(session, [.. copies.Values.Select(c => c.Recipient).Distinct()]);
        var own = await OwnVisits.LoadAsync(session, [.. records.Select(r => r.Facts.SourceHash).Distinct()]);
        var views = await ThreadViews.LoadAsync(session, [.. copies.Values.Select(c => c.MessageId).Distinct()]);
        var kept = new List<(CopyRow Copy, Hit Hit)>();
        foreach (var record in records)
        {
            if (!copies.TryGetValue(record.Copy.ToString(), out var copy))
            {
                metrics.Dropped("unknown copy", 1);
            }
            else if (refused.Contains(copy.Recipient))
            {
                // Checked here, not only when the copy was made: a refusal also silences mail that is already out.
                metrics.Dropped("refused", 1);
            }
            else
            {
                kept.Add((copy, views.Mark(own.Mark(record.Facts, copy.RepId), copy.MessageId)));
            }
        }
        kept = sources.Mark(session, kept, out var seenElsewhere);
        var arrived = kept.ToLookup(k => k.Copy.Id, k => k.Hit);
        var now = time.GetUtcNow();
        var copiesNow = kept.Select(k => k.Copy).Concat(await MarkedAsync(session, seenElsewhere)).DistinctBy(c => c.Id).ToList();
        _ahead.Changes(copiesNow.Select(c => c.Id));
        var reviewed = await review.RunAsync(session, copiesNow, arrived, now, known.Without(seenElsewhere.Select(s => s.CopyId).ToHashSet()));
        await ApplyAsync(session, reviewed, now);
    }

    /// <returns>Copies whose earlier hits look different now.</returns>
    static async Task<IReadOnlyList<CopyRow>> MarkedAsync(Session session, List<OtherCopiesChange> changes)
    {
        foreach (var change in changes)
        {
            await session.ExecuteAsync("update hits set other_copies = @others where id = @id", new { id = change.HitId, others = (long)change.Others });
        }
        return changes.Count == 0 ? [] : await CopyRow.ByIdAsync(session, [.. changes.Select(c => c.CopyId).Distinct()]);
    }

    async Task ApplyAsync(Session session, Reviewed reviewed, DateTimeOffset now)
    {
        await feed.AppendAsync(session, reviewed.Entries);
        await book.ApplyAsync(session, reviewed, now);
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "Hit {HitId} was set aside in the table hits_set_aside: {Problem}")]
    partial void LogSetAside(long hitId, string problem);
}
