using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Access;

/// <summary>A salesperson who signs in.</summary>
/// <param name="DeactivatedAt">Since when they sign in no more; null: they do.</param>
public sealed record Rep(long Id, string Email, string Name, Role Role, DateTimeOffset? DeactivatedAt = null)
{
    public bool IsAdmin => Role == Role.Admin;

    public bool IsActive => DeactivatedAt is null;
}

public static class Reps
{
    const string Columns = "id, email, name, role, deactivated_at_ms";

    sealed record Row
    {
        public long Id { get; init; }
        public string Email { get; init; } = "";
        public string Name { get; init; } = "";
        public string Role { get; init; } = "";
        public long? DeactivatedAtMs { get; init; }

        public Rep ToRep() => new(Id, Email, Name, Roles.Parse(Role) ?? Access.Role.Rep, DeactivatedAtMs is { } at ? Times.Of(at) : null);
    }

    /// <returns>Whoever left too: their mail is still theirs.</returns>
    public static async Task<Rep?> FindAsync(Session session, string email) =>
        (await session.FirstAsync<Row>($"select {Columns} from reps where email = @email", new { email = Emails.Key(email) }))?.ToRep();

    public static async Task<Rep?> FindAsync(Session session, long id) =>
        (await session.FirstAsync<Row>($"select {Columns} from reps where id = @id", new { id }))?.ToRep();

    /// <returns>Those who sign in.</returns>
    public static async Task<IReadOnlyList<Rep>> ListAsync(Session session) => [.. (await ListAllAsync(session)).Where(r => r.IsActive)];

    /// <returns>Those who left too, last.</returns>
    public static async Task<IReadOnlyList<Rep>> ListAllAsync(Session session) =>
        [.. (await session.QueryAsync<Row>($"select {Columns} from reps order by case when deactivated_at_ms is null then 0 else 1 end, email")).Select(r => r.ToRep())];

    public static async Task<bool> AnyAsync(Session session) => await session.ScalarAsync<long>("select count(*) from reps") > 0;

    /// <returns>The rep, and whether they are new; one who is there already is left as is.</returns>
    public static async Task<(Rep Rep, bool Added)> AddAsync(Session session, string email, string name, Role role, DateTimeOffset now)
    {
        if (await FindAsync(session, email) is { } known)
        {
            return (known, false);
        }
        var id = await session.ScalarAsync<long>(
            "insert into reps (email, name, role, created_at_ms) values (@email, @name, @role, @at) returning id", new { email, name, role = Roles.Text(role), at = now.Ms() });
        return (new(id, email, name, role), true);
    }

    /// <summary>Gives the rep the name and the role.</summary>
    /// <returns>False, and nothing is changed, when nobody would be left who can manage the team.</returns>
    public static async Task<bool> ChangeAsync(Session session, Rep rep)
    {
        if (!rep.IsAdmin && await IsLastAdminAsync(session, rep.Id))
        {
            return false;
        }
        await session.ExecuteAsync("update reps set name = @name, role = @role where id = @id", new { id = rep.Id, name = rep.Name, role = Roles.Text(rep.Role) });
        return true;
    }

    /// <summary>
    /// Ends everything that lets the rep in: sessions, one-time links and the keys bound to them. What they sent stays theirs, and its links work on.
    /// </summary>
    /// <returns>False, and nothing is changed, when nobody would be left who can manage the team.</returns>
    public static async Task<bool> DeactivateAsync(Session session, long id, DateTimeOffset now)
    {
        if (await IsLastAdminAsync(session, id))
        {
            return false;
        }
        await session.ExecuteAsync("update reps set deactivated_at_ms = @at where id = @id and deactivated_at_ms is null", new { id, at = now.Ms() });
        await session.ExecuteAsync("delete from sessions where rep_id = @id", new { id });
        await session.ExecuteAsync("delete from sign_in_links where rep_id = @id", new { id });
        await session.ExecuteAsync("update api_keys set revoked_at_ms = @at where rep_id = @id and revoked_at_ms is null", new { id, at = now.Ms() });
        return true;
    }

    /// <summary>Lets the rep sign in again, by a new link or the old password; keys stay revoked.</summary>
    public static Task ReactivateAsync(Session session, long id) => session.ExecuteAsync("update reps set deactivated_at_ms = null where id = @id", new { id });

    static async Task<bool> IsLastAdminAsync(Session session, long id) => await session.ScalarAsync<long?>(
        "select case when count(*) = 1 then min(id) end from reps where role = 'admin' and deactivated_at_ms is null") == id;
}
