using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Access;

/// <summary>A rep's open session as they see it.</summary>
/// <param name="Id">The hash of its secret: it names the session and opens nothing.</param>
public sealed record OpenSession(string Id, string Browser, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, bool IsThis);

/// <summary>The sessions of reps on the page. Each can be ended, by its own rep, from any other.</summary>
public static class Sessions
{
    /// <summary>How exactly it is known when a session was last used: no request writes more often than this for it.</summary>
    static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(10);

    const int LongestBrowser = 80;

    sealed record Row
    {
        public string TokenHash { get; init; } = "";
        public string Browser { get; init; } = "";
        public long CreatedAtMs { get; init; }
        public long? LastSeenAtMs { get; init; }
    }

    /// <returns>The session's secret, for the cookie.</returns>
    public static async Task<string> OpenAsync(Session session, long repId, string browser, DateTimeOffset now)
    {
        var opened = Secrets.New();
        await session.ExecuteAsync(
            "insert into sessions (token_hash, rep_id, created_at_ms, expires_at_ms, browser, last_seen_at_ms) values (@hash, @repId, @at, @expires, @browser, @at)",
            new { hash = Secrets.HashOf(opened), repId, at = now.Ms(), expires = (now + SignIn.SessionLifetime).Ms(), browser = browser.Length > LongestBrowser ? browser[..LongestBrowser] : browser });
        return opened;
    }

    /// <returns>The one that was used last first.</returns>
    public static async Task<IReadOnlyList<OpenSession>> ListAsync(Session session, long repId, string? current, DateTimeOffset now)
    {
        var rows = await session.QueryAsync<Row>(
            "select token_hash, browser, created_at_ms, last_seen_at_ms from sessions where rep_id = @repId and expires_at_ms > @now order by coalesce(last_seen_at_ms, created_at_ms) desc",
            new { repId, now = now.Ms() });
        var own = current is null ? "" : Secrets.HashOf(current);
        return [.. rows.Select(r => new OpenSession(r.TokenHash, r.Browser, Times.Of(r.CreatedAtMs), Times.Of(r.LastSeenAtMs ?? r.CreatedAtMs), r.TokenHash == own))];
    }

    /// <summary>Ends one of the rep's sessions; another's stays.</summary>
    public static Task EndAsync(Session session, long repId, string id) => session.ExecuteAsync("delete from sessions where token_hash = @id and rep_id = @repId", new { id, repId });

    public static Task EndOthersAsync(Session session, long repId, string current) =>
        session.ExecuteAsync("delete from sessions where rep_id = @repId and token_hash <> @hash", new { repId, hash = Secrets.HashOf(current) });

    /// <summary>Notes that it is used, now and then.</summary>
    public static Task SeenAsync(Session session, string current, DateTimeOffset now) => session.ExecuteAsync(
        "update sessions set last_seen_at_ms = @now where token_hash = @hash and coalesce(last_seen_at_ms, 0) < @before",
        new { hash = Secrets.HashOf(current), now = now.Ms(), before = (now - SeenEvery).Ms() });

    /// <summary>Browser and system in a few words, from the User-Agent; for a person to recognise, not to judge by.</summary>
    public static string Describe(string userAgent)
    {
        var browser = First(userAgent, ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"));
        var system = First(userAgent, ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"));
        return (browser, system) switch { (null, null) => "a program", (null, _) => system!, (_, null) => browser, _ => $"{browser} on {system}" };
    }

    static string? First(string text, params ReadOnlySpan<(string Mark, string Name)> among)
    {
        foreach (var (mark, name) in among)
        {
            if (text.Contains(mark, StringComparison.Ordinal))
            {
                return name;
            }
        }
        return null;
    }
}
