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
        public string? Phone { get; init; }
    }

    readonly Dictionary<long, Row> _rows;

    ProspectNames(IEnumerable<Row> rows) => _rows = rows.ToDictionary(r => r.Id);

    public static async Task<ProspectNames> LoadAsync(Session session, IReadOnlyCollection<long> ids) => new(ids.Count == 0
        ? []
        : await session.QueryAsync<Row>($"select id, email, name, phone from prospects where {session.Dialect.In("id", "@ids")}", new { ids = ids.ToArray() }));

    public string? Of(long id) => _rows.GetValueOrDefault(id) is { } row ? string.IsNullOrWhiteSpace(row.Name) ? row.Email : row.Name : null;

    public string? PhoneOf(long id) => _rows.GetValueOrDefault(id)?.Phone;
}
