using Tracker.Prompts;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <summary>What interests a prospect: the names of the links they followed.</summary>
public static class Interests
{
    sealed record Row
    {
        public long ProspectId { get; init; }
        public string Label { get; init; } = "";
    }

    /// <summary>Notes which links were followed, where there are any.</summary>
    public static Task NoteAsync(Session session, IEnumerable<PromptNews> news) => session.EachAsync("""
        insert into interests (prospect_id, rep_id, label, times, last_at_ms) values (@p0, @p1, @p2, 1, @p3)
        on conflict (prospect_id, rep_id, label) do update set times = interests.times + 1, last_at_ms = excluded.last_at_ms
        """, [.. news.Where(n => IsInteresting(n.Interest)).Select(n => new object?[] { n.ProspectId, n.RepId, n.Interest, n.At.Ms() })]);

    // A bare address is nothing that anybody is interested in.
    static bool IsInteresting(string? label) => !string.IsNullOrWhiteSpace(label) && !label.StartsWith("http", StringComparison.OrdinalIgnoreCase);

    /// <returns>The latest first.</returns>
    public static async Task<ILookup<long, string>> LoadAsync(Session session, IReadOnlyCollection<long> prospects, long? repId) => prospects.Count == 0
        ? Array.Empty<Row>().ToLookup(r => r.ProspectId, r => r.Label)
        : (await session.QueryAsync<Row>($"""
            select prospect_id, label from interests where {session.Dialect.In("prospect_id", "@ids")} and (@repId is null or rep_id = @repId) order by last_at_ms desc
            """, new { ids = prospects.ToArray(), repId })).ToLookup(r => r.ProspectId, r => r.Label);
}
