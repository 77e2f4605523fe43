using Tracker.Storage;

namespace Tracker.Access;

/// <summary>One-time links and the sessions they open. A token is used up by a POST, so that a link preview or mail scanner cannot use it up by looking.</summary>
public static class SignIn
{
    /// <summary>Long enough to go from the terminal to the browser, short enough not to lie around.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(24);

    /// <summary>A rep keeps the page open all day, every day; a week off signs out.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(7);

    sealed record LinkRow
    {
        public long? RepId { get; init; }
        public long ExpiresAtMs { get; init; }
        public long? UsedAtMs { get; init; }
    }

    sealed record SessionRow
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public long IsAdmin { get; init; }
    }

    /// <param name="repId">Null: the link makes the first admin, and only while there is no rep at all.</param>
    /// <returns>The path to open, token included.</returns>
    public static async Task<string> NewLinkAsync(Session session, long? repId, DateTimeOffset now)
    {
        var token = Secrets.New();
        if (repId is null)
        {
            // Only the newest first-start link works: the others were printed to terminals that are gone.
            await session.ExecuteAsync("delete from sign_in_links where rep_id is null");
        }
        await session.ExecuteAsync(
            "insert into sign_in_links (token_hash, rep_id, expires_at_ms) values (@hash, @repId, @expires)",
            new { hash = Secrets.HashOf(token), repId, expires = (now + LinkLifetime).ToUnixTimeMilliseconds() });
        return "/sign-in/" + token;
    }

    /// <summary>Whether the link would work, and whether it is the one that makes the first admin. Changes nothing.</summary>
    public static async Task<(bool Works, bool FirstAdmin)> LookAsync(Session session, string token, DateTimeOffset now)
    {
        var link = await session.FirstAsync<LinkRow>("select rep_id, expires_at_ms, used_at_ms from sign_in_links where token_hash = @hash", new { hash = Secrets.HashOf(token) });
        var works = link is { UsedAtMs: null } && link.ExpiresAtMs > now.ToUnixTimeMilliseconds() && (link.RepId is not null || !await Reps.AnyAsync(session));
        return (works, works && link!.RepId is null);
    }

    /// <summary>Uses the link up.</summary>
    /// <returns>The token of a new session; null when the link does not work (any more).</returns>
    public static async Task<string?> UseAsync(Session session, string token, string? email, string? name, DateTimeOffset now, string browser = "")
    {
        if (await LookAsync(session, token, now) is not { Works: true })
        {
            return null;
        }
        var hash = Secrets.HashOf(token);
        var repId = await session.ScalarAsync<long?>("select rep_id from sign_in_links where token_hash = @hash", new { hash })
            ?? (await Reps.AddAsync(session, email!, name!, isAdmin: true, now)).Rep.Id;
        await session.ExecuteAsync("update sign_in_links set used_at_ms = @at where token_hash = @hash", new { hash, at = now.ToUnixTimeMilliseconds() });
        return await Sessions.OpenAsync(session, repId, browser, now);
    }

    public static async Task<Caller?> FindSessionAsync(Session session, string token, DateTimeOffset now)
    {
        var row = await session.FirstAsync<SessionRow>(
            "select r.id, r.name, r.is_admin from sessions s join reps r on r.id = s.rep_id where s.token_hash = @hash and s.expires_at_ms > @at",
            new { hash = Secrets.HashOf(token), at = now.ToUnixTimeMilliseconds() });
        return row is null ? null : Caller.OfSession(row.Id, row.Name, row.Id, row.IsAdmin != 0 ? Scopes.All : [Scopes.Send, Scopes.Read]);
    }

    public static Task EndSessionAsync(Session session, string token) =>
        session.ExecuteAsync("delete from sessions where token_hash = @hash", new { hash = Secrets.HashOf(token) });
}
