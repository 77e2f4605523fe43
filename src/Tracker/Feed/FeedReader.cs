using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tracker.Access;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Feed;

/// <summary>A feed entry as it is read.</summary>
public sealed record FeedRow
{
    public long Id { get; init; }
    public string Type { get; init; } = "";
    public long AtMs { get; init; }
    public long? RepId { get; init; }
    public long? ProspectId { get; init; }
    public string Data { get; init; } = "";

    /// <summary>As streams tell it, made once however many of them do. The data is JSON on one line: a line break in a hostile subject is escaped there and cannot end the event.</summary>
    public ReadOnlyMemory<byte> Event => _event ??= Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {Id}\nevent: {Type}\ndata: {Data}\n\n"));

    byte[]? _event;
}

/// <summary>Which entries a reader wants to see.</summary>
/// <param name="RepId">Null: all.</param>
/// <param name="Metadata">Only entries about messages with all of these.</param>
public sealed record FeedFilter(long? RepId, IReadOnlyDictionary<string, string> Metadata)
{
    public static FeedFilter Of(Caller caller, HttpRequest request) => new(caller.RepId, MetadataFilter.Of(request));
}

public static class FeedReader
{
    /// <returns>Entries after the given id in order, and how far was looked: entries up to there that are not among them are not for this reader.</returns>
    public static async Task<(IReadOnlyList<FeedRow> Rows, long LookedTo)> ReadAsync(Session session, FeedFilter filter, long after, int limit)
    {
        var last = await LastIdAsync(session);
        var sql = new StringBuilder("select id, type, data, at_ms, prospect_id from feed f where f.id > @after and f.id <= @last").Append(Own(filter));
        var parameters = new Dictionary<string, object?> { ["after"] = after, ["last"] = last, ["rep"] = filter.RepId, ["limit"] = limit };
        MetadataFilter.Append(sql, parameters, filter.Metadata, "f.message_id");
        sql.Append(" order by f.id limit @limit");
        var rows = await session.QueryAsync<FeedRow>(sql.ToString(), parameters);
        return (rows, rows.Count == limit ? rows[^1].Id : last);
    }

    /// <returns>The newest entries after the given id, at most so many, in order: all with an id above <c>From</c>, up to <c>To</c>.</returns>
    public static async Task<(IReadOnlyList<FeedRow> Rows, long From, long To)> LatestAsync(Session session, long after, int most)
    {
        var to = await LastIdAsync(session);
        var from = Math.Max(after, to - most);
        return (await session.QueryAsync<FeedRow>("select id, type, data, at_ms, rep_id, prospect_id from feed where id > @from and id <= @to order by id", new { from, to }), from, to);
    }

    static string Own(FeedFilter filter) => filter.RepId is null
        ? ""
        : " and (f.rep_id = @rep or (f.rep_id is null and exists (select 1 from prospect_reps pr where pr.prospect_id = f.prospect_id and pr.rep_id = @rep)))";

    /// <summary>So many entries are looked through for a page of one rep's: the page comes at once however long the feed is and however little of it is theirs.</summary>
    const int LookedThrough = 20_000;

    /// <summary>The entries before the given id, newest first.</summary>
    /// <returns>And how far was looked: go on from there for older ones; 0 when there are none.</returns>
    public static async Task<(IReadOnlyList<FeedRow> Rows, long LookedTo)> BeforeAsync(Session session, FeedFilter filter, long before, int limit)
    {
        var from = Math.Min(before, await LastIdAsync(session) + 1);
        var floor = Math.Max(0, from - 1 - LookedThrough);
        var rows = await session.QueryAsync<FeedRow>(
            "select id, type, data, at_ms, prospect_id from feed f where f.id < @from and f.id > @floor" + Own(filter) + " order by f.id desc limit @limit",
            new { from, floor, rep = filter.RepId, limit });
        return (rows, rows.Count == limit ? rows[^1].Id : floor == 0 || floor < await FirstIdAsync(session) ? 0 : floor + 1);
    }

    public static Task<long> LastIdAsync(Session session) => session.ScalarAsync<long>("select coalesce(max(id), 0) from feed");

    /// <summary>0 while nothing has been pruned or the feed is empty.</summary>
    public static async Task<long> FirstIdAsync(Session session) => await session.ScalarAsync<long>("select coalesce(min(id), 0) from feed");

    public static JsonNode ToJson(FeedRow row) => new JsonObject
    {
        ["id"] = row.Id.ToString(CultureInfo.InvariantCulture),
        ["type"] = row.Type,
        ["data"] = JsonNode.Parse(row.Data),
    };
}
