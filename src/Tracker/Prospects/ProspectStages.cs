using Tracker.Storage;

namespace Tracker.Prospects;

/// <summary>In which stage of a sale people stand: that of their newest open deal, or of the newest where none is open.</summary>
public static class ProspectStages
{
    /// <summary>The stage of the prospect <c>p</c> of the query around it; with <c>@RepId</c>, in that rep's deals alone.</summary>
    public const string Current = """
        (select d.stage from deals d where d.prospect_id = p.id and (@RepId is null or d.rep_id = @RepId) order by d.closed_at_ms is null desc, d.id desc limit 1)
        """;

    sealed record Row
    {
        public long Id { get; init; }
        public string? Stage { get; init; }
    }

    /// <returns>Names of stages by prospect; who has no deal is left out.</returns>
    public static async Task<IReadOnlyDictionary<long, string>> OfAsync(Session session, IReadOnlyCollection<long> ids, long? repId) =>
        (await session.QueryAsync<Row>($"select p.id, {Current} as stage from prospects p where {session.Dialect.In("p.id", "@ids")}", new { ids = ids.ToArray(), RepId = repId }))
        .Where(r => r.Stage is not null).ToDictionary(r => r.Id, r => r.Stage!);
}
