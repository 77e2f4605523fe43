using System.Data.Common;
using System.Runtime.InteropServices;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>
/// Reads hits back, by walking copies' chains: all of them a step at a time, so that a thousand copies cost no more statements than one. The texts that many hits
/// share are read once for all.
/// </summary>
static class StoredHits
{
    /// <summary>A row of the table as it stands, with numbers for its texts.</summary>
    readonly record struct Row(HitRow Hit, long? Previous, long Client, long? Network, long Reasons);

    sealed record ClientTexts(string UserAgent, string Headers, long? ReducedAtMs);

    sealed record NetworkRow(string Name, long Certainty, long ClicksOnly);

    /// <param name="ends">The last hit of each copy.</param>
    public static async Task<ILookup<long, HitRow>> RecentAsync(Session session, IReadOnlyCollection<long> copies, long[] ends, int most)
    {
        var rows = await ChainsAsync(session, ends, most);
        var held = await session.ReadAsync($"select hit_id from held_hits where {session.Dialect.In("copy_id", "@copies")}", new { copies = copies.ToArray() }, r => r.GetInt64(0));
        if (held.Count > 0)
        {
            var there = rows.Select(r => r.Hit.Id).ToHashSet();
            rows.AddRange(await RowsAsync(session, [.. held.Where(h => !there.Contains(h))], []));
        }
        var hits = await WithTextsAsync(session, rows);
        hits.Sort((one, other) => one.AtMs != other.AtMs ? one.AtMs.CompareTo(other.AtMs) : one.Id.CompareTo(other.Id));
        return hits.ToLookup(h => h.CopyId);
    }

    static async Task<List<Row>> ChainsAsync(Session session, long[] ends, int most)
    {
        var (rows, texts) = (new List<Row>(), new Dictionary<string, string>());
        var next = ends;
        for (var depth = 0; depth < most && next.Length > 0; depth++)
        {
            var step = await RowsAsync(session, next, texts);
            rows.AddRange(step);
            next = [.. step.Where(r => r.Previous is not null).Select(r => r.Previous!.Value)];
        }
        return rows;
    }

    public static async Task<List<HitRow>> LoadAsync(Session session, long[] ids) => await WithTextsAsync(session, await RowsAsync(session, ids, []));

    /// <param name="texts">Texts met so far: a copy's reader comes again from the same network, and what is read ahead is kept for a while.</param>
    static async Task<List<Row>> RowsAsync(Session session, long[] ids, Dictionary<string, string> texts) => ids.Length == 0 ? [] : await session.ReadAsync($"""
        select id, copy_id, previous_id, at_ms, kind, link, method, client_id, network_id, source_prefix, source_hash, own_visit, other_copies, verdict, confidence, reason_id, rules_version
        from hits where {session.Dialect.In("id", "@ids")}
        """, new { ids }, row => Read(row, texts));

    static Row Read(DbDataReader row, Dictionary<string, string> texts) => new(
        new()
        {
            Id = row.GetInt64(0),
            CopyId = row.GetInt64(1),
            AtMs = row.GetInt64(3),
            Kind = row.GetInt64(4),
            Link = row.Whole(5),
            Method = Once(row.GetString(6), texts),
            SourcePrefix = Once(row.GetString(9), texts),
            SourceHash = row.GetInt64(10),
            OwnVisit = row.GetInt64(11),
            OtherCopies = row.GetInt64(12),
            Verdict = row.GetInt64(13),
            Confidence = row.GetInt64(14),
            RulesVersion = row.GetInt64(16),
        },
        row.Whole(2), row.GetInt64(7), row.Whole(8), row.GetInt64(15));

    static string Once(string text, Dictionary<string, string> texts)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(texts, text, out _);
        return known ??= text;
    }

    static async Task<List<HitRow>> WithTextsAsync(Session session, List<Row> rows)
    {
        var clients = await TextsAsync(session, "clients", "user_agent, headers, reduced_at_ms", rows.Select(r => r.Client), r => new ClientTexts(r.GetString(1), r.GetString(2), r.Whole(3)));
        var reasons = await TextsAsync(session, "reasons", "texts", rows.Select(r => r.Reasons), r => r.GetString(1));
        var networks = await TextsAsync(
            session, "networks", "name, certainty, clicks_only", rows.Where(r => r.Network is not null).Select(r => r.Network!.Value), r => new NetworkRow(r.GetString(1), r.GetInt64(2), r.GetInt64(3)));
        return rows.ConvertAll(row =>
        {
            var (hit, client) = (row.Hit, clients[row.Client]);
            (hit.UserAgent, hit.Headers, hit.ReducedAtMs, hit.Reasons) = (client.UserAgent, client.Headers, client.ReducedAtMs, reasons[row.Reasons]);
            if (row.Network is { } number)
            {
                var network = networks[number];
                (hit.NetworkName, hit.NetworkCertainty, hit.NetworkClicksOnly) = (network.Name, network.Certainty, network.ClicksOnly);
            }
            return hit;
        });
    }

    static async Task<Dictionary<long, T>> TextsAsync<T>(Session session, string table, string columns, IEnumerable<long> numbers, Func<DbDataReader, T> read)
    {
        long[] ids = [.. numbers.Distinct()];
        return ids.Length == 0 ? [] : (await session.ReadAsync(
            $"select id, {columns} from {table} where {session.Dialect.In("id", "@ids")}", new { ids }, r => (Id: r.GetInt64(0), Texts: read(r)))).ToDictionary(t => t.Id, t => t.Texts);
    }
}
