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
    public string SourcePrefix { get; init; } = "";
    public long SourceHash { get; init; }
    public long OwnVisit { get; init; }
    public long OtherCopies { get; init; }
    public long Verdict { get; init; }
    public long Confidence { get; init; }
    public long RulesVersion { get; init; }

    // What many hits share stands in tables of its own and is filled in once the row is read.
    public string UserAgent { get; internal set; } = "";
    public string Headers { get; internal set; } = "{}";
    public long? ReducedAtMs { get; internal set; }
    public string? NetworkName { get; internal set; }
    public long NetworkCertainty { get; internal set; }
    public long NetworkClicksOnly { get; internal set; }
    public string Reasons { get; internal set; } = "[]";

    /// <summary>Its User-Agent is kept no longer, so it cannot be judged again.</summary>
    public bool IsReduced => ReducedAtMs is not null;

    /// <summary>Judging looks back this many hits of a copy at most; a copy fetched more often than that is judged by its latest.</summary>
    public const int MaxRecent = 48;

    static readonly KnownTexts<Dictionary<string, string>> KnownHeaders = new();
    static readonly KnownTexts<string[]> KnownReasons = new();

    public Hit ToHit() => new()
    {
        Id = Id,
        Kind = (HitKind)Kind,
        Link = (int?)Link,
        At = Times.Of(AtMs),
        Method = Method,
        UserAgent = UserAgent,
        Headers = KnownHeaders.Read(Headers),
        Network = NetworkName is null ? null : new(NetworkName, (NetworkCertainty)NetworkCertainty, NetworkClicksOnly != 0),
        SourcePrefix = SourcePrefix,
        SourceHash = SourceHash,
        OwnVisit = (OwnVisit)OwnVisit,
        OtherCopies = (int)OtherCopies,
    };

    public Judgement ToJudgement() => new(Id, (Verdict)Verdict, Confidence / 100.0, ReasonTexts());

    public IReadOnlyList<string> ReasonTexts() => KnownReasons.Read(Reasons);

    /// <summary>The latest hits of each copy, oldest first; and with them those that are held, however far back.</summary>
    public static async Task<ILookup<long, HitRow>> RecentAsync(Session session, IReadOnlyCollection<long> copyIds, int most = MaxRecent) => copyIds.Count == 0
        ? Array.Empty<HitRow>().ToLookup(h => h.CopyId)
        : await StoredHits.RecentAsync(session, copyIds, [.. await session.ReadAsync(
            $"select last_hit_id from copies where last_hit_id is not null and {session.Dialect.In("id", "@ids")}", new { ids = copyIds.ToArray() }, r => r.GetInt64(0))], most);

    /// <summary>The same, of copies in hand.</summary>
    public static async Task<ILookup<long, HitRow>> RecentAsync(Session session, IEnumerable<CopyRow> copies)
    {
        var hit = copies.Where(c => c.LastHitId is not null).ToList();
        return hit.Count == 0
            ? Array.Empty<HitRow>().ToLookup(h => h.CopyId)
            : await StoredHits.RecentAsync(session, [.. hit.Select(c => c.Id)], [.. hit.Select(c => c.LastHitId!.Value)], MaxRecent);
    }

    public static async Task<HitRow?> FindAsync(Session session, long id) => (await StoredHits.LoadAsync(session, [id])).FirstOrDefault();
}
