using Tracker.Storage;

namespace Tracker.Access;

/// <summary>Keys for programs: shown once, stored as a hash, revocable.</summary>
public static class ApiKeys
{
    /// <summary>Lets people and secret scanners recognise a Tracker key where it should not be.</summary>
    public const string Prefix = "trk_";

    const int HintLength = 8;

    public sealed record Listed
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public string Hint { get; init; } = "";
        public string Scopes { get; init; } = "";
        public string? Rep { get; init; }
        public long CreatedAtMs { get; init; }
        public long? LastUsedAtMs { get; init; }
        public long? RevokedAtMs { get; init; }
    }

    sealed record Row
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public string Scopes { get; init; } = "";
        public long? RepId { get; init; }
        public long? LastUsedAtMs { get; init; }
    }

    /// <returns>The key itself. It cannot be read again.</returns>
    public static async Task<string> CreateAsync(Session session, string name, IEnumerable<string> scopes, long? repId, DateTimeOffset now)
    {
        var key = Prefix + Secrets.New();
        await session.ExecuteAsync(
            "insert into api_keys (name, secret_hash, hint, scopes, rep_id, created_at_ms) values (@name, @hash, @hint, @scopes, @repId, @at)",
            new { name, hash = Secrets.HashOf(key), hint = key[..HintLength], scopes = string.Join(' ', scopes.Distinct()), repId, at = now.ToUnixTimeMilliseconds() });
        return key;
    }

    public static Task<IReadOnlyList<Listed>> ListAsync(Session session) => session.QueryAsync<Listed>("""
        select k.id, k.name, k.hint, k.scopes, r.email as rep, k.created_at_ms, k.last_used_at_ms, k.revoked_at_ms
        from api_keys k left join reps r on r.id = k.rep_id order by k.id
        """);

    /// <returns>False when there is no such key, or it is revoked already.</returns>
    public static async Task<bool> RevokeAsync(Session session, long id, DateTimeOffset now) => await session.ExecuteAsync(
        "update api_keys set revoked_at_ms = @at where id = @id and revoked_at_ms is null", new { id, at = now.ToUnixTimeMilliseconds() }) == 1;

    /// <returns>Null for a key that is unknown or revoked; and whether its last use should be noted (at most once a minute).</returns>
    public static async Task<(Caller? Caller, long? Touch)> FindAsync(Session session, string key, DateTimeOffset now)
    {
        var row = await session.FirstAsync<Row>(
            """
            select k.id, k.name, k.scopes, k.rep_id, k.last_used_at_ms from api_keys k left join reps r on r.id = k.rep_id
            where k.secret_hash = @hash and k.revoked_at_ms is null and r.deactivated_at_ms is null
            """,
            new { hash = Secrets.HashOf(key) });
        if (row is null)
        {
            return (null, null);
        }
        var stale = now.ToUnixTimeMilliseconds() - (row.LastUsedAtMs ?? 0) > 60_000;
        return (new($"key:{row.Id}", row.Name, row.RepId, row.Scopes.Split(' ')), stale ? row.Id : null);
    }

    public static Task TouchAsync(Session session, long id, DateTimeOffset now) =>
        session.ExecuteAsync("update api_keys set last_used_at_ms = @at where id = @id", new { id, at = now.ToUnixTimeMilliseconds() });
}
