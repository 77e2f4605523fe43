using Tracker.Domain.Scoring;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>A company's heat is the sum of its people's, and something for every copy that was likely forwarded in it.</summary>
public static class CompanyHeat
{
    sealed record KeyRow
    {
        public long HeatKey { get; init; }
        public long? LastEngagedAtMs { get; init; }
    }

    /// <summary>Adds engagements: each row is read and written once, however many people the company has.</summary>
    /// <param name="forwarded">Looks that showed a copy to be likely forwarded.</param>
    public static async Task AddAsync(
        Session session, IReadOnlyCollection<long> companies, ILookup<long, EngagementFact> engagements, ILookup<long, EngagementFact> forwarded, HeatScale scale, HeatWeights weights)
    {
        if (companies.Count == 0)
        {
            return;
        }
        var rows = await session.ReadAsync(
            "select id, heat_key, last_engaged_at_ms from companies where " + session.Dialect.In("id", "@ids"), new { ids = companies.ToArray() },
            r => (Id: r.GetInt64(0), HeatKey: r.GetInt64(1), LastAt: r.Whole(2)));
        await session.EachAsync(Update, [.. rows.Select(row => new object?[]
        {
            row.Id,
            forwarded[row.Id].Aggregate(engagements[row.Id].Aggregate(row.HeatKey, (key, e) => scale.Add(key, weights.Of(e.Kind), e.At)), (key, f) => scale.Add(key, weights.Click, f.At)),
            engagements[row.Id].Aggregate(row.LastAt ?? 0, (last, e) => Math.Max(last, e.At.ToUnixTimeMilliseconds())),
        })]);
    }

    public static Task AddReplyAsync(Session session, long companyId, DateTimeOffset at, HeatScale scale, HeatWeights weights) => AddKeyAsync(session, companyId, key => scale.Add(key, weights.Reply, at));

    static async Task AddKeyAsync(Session session, long companyId, Func<long, long> add)
    {
        var row = await session.FirstAsync<KeyRow>("select heat_key, last_engaged_at_ms from companies where id = @companyId", new { companyId });
        await SaveAsync(session, companyId, add(row!.HeatKey), row.LastEngagedAtMs);
    }

    /// <summary>Sums up its people anew, after one of them was counted anew.</summary>
    public static async Task RecountAsync(Session session, long companyId, HeatScale scale, HeatWeights weights)
    {
        var people = await session.QueryAsync<KeyRow>("select heat_key, last_engaged_at_ms from prospects where company_id = @companyId", new { companyId });
        await SaveAsync(session, companyId, people.Aggregate(await ForwardedBook.HeatAsync(session, companyId, scale, weights), (sum, p) => HeatScale.Combine(sum, p.HeatKey)), people.Max(p => p.LastEngagedAtMs));
    }

    const string Update = "update companies set heat_key = @p1, last_engaged_at_ms = @p2 where id = @p0";

    static Task<IReadOnlyList<long>> SaveAsync(Session session, long companyId, long key, long? last) => session.EachAsync(Update, [[companyId, key, last]]);
}
