using System.Text.Json;
using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>A stored hit with its facts and its latest judgement.</summary>
public sealed record HitRow
{
    public long Id { get; init; }
    public long CopyId { get; init; }
    public long AtMs { get; init; }
    public long Kind { get; init; }
    public long? Link { get; init; }
    public string Method { get; init; } = "";
    public string UserAgent { get; init; } = "";
    public string Headers { get; init; } = "{}";
    public string? NetworkName { get; init; }
    public long NetworkCertainty { get; init; }
    public long NetworkClicksOnly { get; init; }
    public string SourcePrefix { get; init; } = "";
    public long SourceHash { get; init; }
    public long OwnVisit { get; init; }
    public long OtherCopies { get; init; }
    public long Verdict { get; init; }
    public long Confidence { get; init; }
    public string Reasons { get; init; } = "[]";
    public long RulesVersion { get; init; }
    public long? ReducedAtMs { get; init; }

    /// <summary>Its User-Agent is kept no longer, so it cannot be judged again.</summary>
    public bool IsReduced => ReducedAtMs is not null;

    /// <summary>Judging looks back this many hits of a copy at most; a copy fetched more often than that is judged by its latest.</summary>
    public const int MaxRecent = 48;

    const string Columns = """
        h.id, h.copy_id, h.at_ms, h.kind, h.link, h.method, c.user_agent, c.headers, n.name as network_name, coalesce(n.certainty, 0) as network_certainty,
        coalesce(n.clicks_only, 0) as network_clicks_only, h.source_prefix, h.source_hash, h.own_visit, h.other_copies, h.verdict, h.confidence,
        r.texts as reasons, h.rules_version, c.reduced_at_ms
        """;

    const string Joins = "join clients c on c.id = h.client_id join reasons r on r.id = h.reason_id left join networks n on n.id = h.network_id";

    public Hit ToHit() => new()
    {
        Id = Id,
        Kind = (HitKind)Kind,
        Link = (int?)Link,
        At = Times.Of(AtMs),
        Method = Method,
        UserAgent = UserAgent,
        Headers = JsonSerializer.Deserialize<Dictionary<string, string>>(Headers)!,
        Network = NetworkName is null ? null : new(NetworkName, (NetworkCertainty)NetworkCertainty, NetworkClicksOnly != 0),
        SourcePrefix = SourcePrefix,
        SourceHash = SourceHash,
        OwnVisit = (OwnVisit)OwnVisit,
        OtherCopies = (int)OtherCopies,
    };

    public Judgement ToJudgement() => new(Id, (Verdict)Verdict, Confidence / 100.0, ReasonTexts());

    public IReadOnlyList<string> ReasonTexts() => JsonSerializer.Deserialize<string[]>(Reasons)!;

    /// <summary>The latest hits of each copy, oldest first, by walking each copy's chain back from its end; and with them those that are held, however far back.</summary>
    public static async Task<ILookup<long, HitRow>> RecentAsync(Session session, IReadOnlyCollection<long> copyIds, int most = MaxRecent)
    {
        if (copyIds.Count == 0)
        {
            return Array.Empty<HitRow>().ToLookup(h => h.CopyId);
        }
        var rows = await session.QueryAsync<HitRow>($"""
            with recursive chain (id, previous_id, depth) as (
                select h.id, h.previous_id, 1 from copies c join hits h on h.id = c.last_hit_id where {session.Dialect.In("c.id", "@copyIds")}
                union all
                select h.id, h.previous_id, chain.depth + 1 from chain join hits h on h.id = chain.previous_id where chain.depth < @most)
            select {Columns} from (select id from chain union select hit_id from held_hits where {session.Dialect.In("copy_id", "@copyIds")}) wanted
            join hits h on h.id = wanted.id {Joins} order by h.at_ms, h.id
            """, new { copyIds = copyIds.ToArray(), most });
        return rows.ToLookup(h => h.CopyId);
    }

    public static Task<HitRow?> FindAsync(Session session, long id) =>
        session.FirstAsync<HitRow>($"select {Columns} from hits h {Joins} where h.id = @id", new { id });
}
