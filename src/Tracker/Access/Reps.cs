using Tracker.Storage;

namespace Tracker.Access;

/// <summary>A salesperson who signs in.</summary>
public sealed record Rep(long Id, string Email, string Name, bool IsAdmin);

public static class Reps
{
    sealed record Row
    {
        public long Id { get; init; }
        public string Email { get; init; } = "";
        public string Name { get; init; } = "";
        public long IsAdmin { get; init; }

        public Rep ToRep() => new(Id, Email, Name, IsAdmin != 0);
    }

    public static async Task<Rep?> FindAsync(Session session, string email) =>
        (await session.FirstAsync<Row>("select id, email, name, is_admin from reps where email = @email", new { email = Web.Emails.Key(email) }))?.ToRep();

    public static async Task<Rep?> FindAsync(Session session, long id) =>
        (await session.FirstAsync<Row>("select id, email, name, is_admin from reps where id = @id", new { id }))?.ToRep();

    public static async Task<IReadOnlyList<Rep>> ListAsync(Session session) =>
        [.. (await session.QueryAsync<Row>("select id, email, name, is_admin from reps order by email")).Select(r => r.ToRep())];

    public static async Task<bool> AnyAsync(Session session) => await session.ScalarAsync<long>("select count(*) from reps") > 0;

    /// <returns>The rep, and whether they are new; one who is there already is left as is.</returns>
    public static async Task<(Rep Rep, bool Added)> AddAsync(Session session, string email, string name, bool isAdmin, DateTimeOffset now)
    {
        if (await FindAsync(session, email) is { } known)
        {
            return (known, false);
        }
        var id = await session.ScalarAsync<long>(
            "insert into reps (email, name, is_admin, created_at_ms) values (@email, @name, @isAdmin, @at) returning id",
            new { email, name, isAdmin = isAdmin ? 1L : 0L, at = now.ToUnixTimeMilliseconds() });
        return (new(id, email, name, isAdmin), true);
    }

    public static Task ChangeAsync(Session session, Rep rep) =>
        session.ExecuteAsync("update reps set name = @name, is_admin = @isAdmin where id = @id", new { id = rep.Id, name = rep.Name, isAdmin = rep.IsAdmin ? 1L : 0L });
}
