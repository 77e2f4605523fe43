using Tracker.Storage;

namespace Tracker.Prospects;

/// <summary>How prospects are called in a list: their name, else their address.</summary>
public sealed class ProspectNames
{
    sealed record Row
    {
        public long Id { get; init; }
        public string Email { get; init; } = "";
        public string? Name { get; init; }
    }

    readonly Dictionary<long, string> _names;

    ProspectNames(IEnumerable<Row> rows) => _names = rows.ToDictionary(r => r.Id, r => string.IsNullOrWhiteSpace(r.Name) ? r.Email : r.Name);

    public static async Task<ProspectNames> LoadAsync(Session session, IReadOnlyCollection<long> ids) => new(ids.Count == 0
        ? []
        : await session.QueryAsync<Row>($"select id, email, name from prospects where {session.Dialect.In("id", "@ids")}", new { ids = ids.ToArray() }));

    public string? Of(long id) => _names.GetValueOrDefault(id);
}
