using System.Data.Common;
using Tracker.Domain.Prompts;
using Tracker.Domain.Scoring;
using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>A judged-human hit, with what it means for its prospect.</summary>
/// <param name="IsNews">False for an old hit that was explained later.</param>
/// <param name="Judgement">Null when read back from history.</param>
public sealed record EngagementFact(CopyRow Copy, long HitId, HitKind Kind, int? Link, DateTimeOffset At, bool IsNews = true, Judgement? Judgement = null)
{
    public static EngagementFact Of(JudgedHit hit) => new(hit.Copy, hit.Hit.Id, hit.Hit.Kind, hit.Hit.Link, hit.Hit.At, hit.IsNews, hit.After);
}

/// <summary>What is derived from a prospect's engagements and stands in their row. Folded in memory over a batch, written once.</summary>
public sealed class ProspectState
{
    sealed record Row
    {
        public long Id { get; init; }
        public string Email { get; init; } = "";
        public string? Name { get; init; }
        public string? Phone { get; init; }
        public string? Company { get; init; }
        public long? CompanyId { get; init; }
        public long? MutedAtMs { get; init; }
        public long HeatKey { get; init; }
        public long? LastEngagedAtMs { get; init; }
        public long? LastHitId { get; init; }
        public long? LastCopyId { get; init; }
        public long? LastLink { get; init; }
        public long? SittingStartedAtMs { get; init; }
        public long SittingLooks { get; init; }
        public long SittingClicks { get; init; }
        public long Sittings { get; init; }
        public long Looks { get; init; }
        public long Clicks { get; init; }
    }

    ProspectState(Row row)
    {
        (Id, CompanyId, Muted, HeatKey, Looks, Clicks) = (row.Id, row.CompanyId, row.MutedAtMs is not null, row.HeatKey, row.Looks, row.Clicks);
        (LastHitId, LastCopyId, LastLink) = (row.LastHitId, row.LastCopyId, row.LastLink);
        Sitting = row.SittingStartedAtMs is { } started
            ? new(Times.Of(started), Times.Of(row.LastEngagedAtMs!.Value), (int)row.SittingLooks, (int)row.SittingClicks, (int)row.Sittings)
            : null;
        Person = new(row.Email, row.Name, row.Phone, row.Company);
    }

    public long Id { get; }
    public long? CompanyId { get; }
    public bool Muted { get; }
    public Prompts.PromptPerson Person { get; }
    public Sitting? Sitting { get; private set; }
    public long HeatKey { get; private set; }
    public long Looks { get; private set; }
    public long Clicks { get; private set; }
    public long? LastHitId { get; private set; }
    public long? LastCopyId { get; private set; }
    public long? LastLink { get; private set; }

    public static async Task<Dictionary<long, ProspectState>> LoadAsync(Session session, IReadOnlyCollection<long> ids) =>
        ids.Count == 0 ? [] : (await session.ReadAsync($"""
            select id, email, name, phone, company, company_id, muted_at_ms, heat_key, last_engaged_at_ms, last_hit_id, last_copy_id, last_link,
                   sitting_started_at_ms, sitting_looks, sitting_clicks, sittings, looks, clicks
            from prospects where {session.Dialect.In("id", "@ids")}
            """, new { ids = ids.ToArray() }, Read)).ToDictionary(r => r.Id, r => new ProspectState(r));

    static Row Read(DbDataReader row) => new()
    {
        Id = row.GetInt64(0), Email = row.GetString(1), Name = row.Text(2), Phone = row.Text(3), Company = row.Text(4), CompanyId = row.Whole(5), MutedAtMs = row.Whole(6),
        HeatKey = row.GetInt64(7), LastEngagedAtMs = row.Whole(8), LastHitId = row.Whole(9), LastCopyId = row.Whole(10), LastLink = row.Whole(11),
        SittingStartedAtMs = row.Whole(12), SittingLooks = row.GetInt64(13), SittingClicks = row.GetInt64(14), Sittings = row.GetInt64(15), Looks = row.GetInt64(16), Clicks = row.GetInt64(17),
    };

    /// <summary>Forgets every engagement, for counting them anew.</summary>
    public void Reset() => (Sitting, HeatKey, Looks, Clicks, LastHitId, LastCopyId, LastLink) = (null, HeatScale.Cold, 0, 0, null, null, null);

    public void Add(EngagementFact engagement, HeatScale scale, HeatWeights weights, TimeSpan sittingGap)
    {
        var before = Sitting;
        Sitting = Sitting.After(before, engagement.At, engagement.Kind == HitKind.Click, sittingGap);
        Looks += before is null || Sitting.Number != before.Number || Sitting.Looks != before.Looks ? 1 : 0;
        Clicks += engagement.Kind == HitKind.Click ? 1 : 0;
        HeatKey = scale.Add(HeatKey, weights.Of(engagement.Kind), engagement.At);
        (LastHitId, LastCopyId, LastLink) = (engagement.HitId, engagement.Copy.Id, engagement.Link);
    }

    /// <summary>An answer warms, but it is no look: sittings and looks stay as they are.</summary>
    public void AddReply(DateTimeOffset at, HeatScale scale, HeatWeights weights) => HeatKey = scale.Add(HeatKey, weights.Reply, at);

    public static async Task SaveAsync(Session session, IReadOnlyCollection<ProspectState> states)
    {
        await session.EachAsync("""
            update prospects set heat_key = @p1, last_engaged_at_ms = @p2, last_hit_id = @p3, last_copy_id = @p4, last_link = @p5, sitting_started_at_ms = @p6, sitting_looks = @p7,
                   sitting_clicks = @p8, sittings = @p9, looks = @p10, clicks = @p11
            where id = @p0
            """, [.. states.Select(s => s.Values())]);
        await session.EachAsync("update prospect_reps set heat_key = @p1 where prospect_id = @p0", [.. states.Select(s => new object?[] { s.Id, s.HeatKey })]);
    }

    object?[] Values() =>
    [
        Id, HeatKey, Sitting?.LastAt.Ms(), LastHitId, LastCopyId, LastLink, Sitting?.StartedAt.Ms(), (long)(Sitting?.Looks ?? 0), (long)(Sitting?.Clicks ?? 0),
        (long)(Sitting?.Number ?? 0), Looks, Clicks,
    ];
}
