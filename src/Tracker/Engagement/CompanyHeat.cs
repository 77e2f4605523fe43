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

    /// <summary>Adds engagements: one row read and written, however many people the company has.</summary>
    public static async Task AddAsync(Session session, long companyId, IEnumerable<EngagementFact> engagements, IEnumerable<EngagementFact> forwarded, HeatScale scale, HeatWeights weights)
    {
        var row = await session.FirstAsync<KeyRow>("select heat_key, last_engaged_at_ms from companies where id = @companyId", new { companyId });
        var (key, last) = (row!.HeatKey, row.LastEngagedAtMs ?? 0);
        foreach (var engagement in engagements)
        {
            key = scale.Add(key, weights.Of(engagement.Kind), engagement.At);
            last = Math.Max(last, engagement.At.ToUnixTimeMilliseconds());
        }
        key = forwarded.Aggregate(key, (sum, f) => scale.Add(sum, weights.Click, f.At));
        await SaveAsync(session, companyId, key, last);
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

    static Task<int> SaveAsync(Session session, long companyId, long key, long? last) => session.ExecuteAsync(
        "update companies set heat_key = @key, last_engaged_at_ms = @last where id = @companyId", new { companyId, key, last });
}
