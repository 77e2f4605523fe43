using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prospects;

/// <summary>Who does not want to be tracked, by address. A refusal holds for every mail, past and future, of every rep.</summary>
public static class Refusals
{
    public static async Task<IReadOnlySet<string>> AmongAsync(Session session, IReadOnlyCollection<string> emails) => emails.Count == 0
        ? new HashSet<string>()
        : (await session.QueryAsync<string>("select email from refusals where " + session.Dialect.In("email", "@emails"), new { emails = emails.ToArray() })).ToHashSet();

    /// <summary>Stores the refusal of a copy's recipient; nothing when there is no such copy.</summary>
    /// <param name="source">How it came in: <c>page</c> or <c>one-click</c>.</param>
    public static Task OfCopyAsync(Session session, string token, string source, DateTimeOffset now) => session.ExecuteAsync("""
        insert into refusals (email, refused_at_ms, source) select recipient, @now, @source from copies where token = @token on conflict (email) do nothing
        """, new { token, source, now = now.Ms() });
}
