using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prospects;

/// <summary>Who does not want to be tracked, by address. A refusal holds for every mail, past and future, of every rep.</summary>
public static class Refusals
{
    public static async Task<IReadOnlySet<string>> AmongAsync(Session session, IReadOnlyCollection<string> emails) => emails.Count == 0
        ? new HashSet<string>()
        : (await session.QueryAsync<string>("select email from refusals where email in @emails", new { emails })).ToHashSet();

    /// <param name="source">How it came in, such as <c>page</c> or <c>one-click</c>.</param>
    public static Task AddAsync(Session session, string email, string source, DateTimeOffset now) => session.ExecuteAsync(
        "insert into refusals (email, refused_at_ms, source) values (@email, @now, @source) on conflict (email) do nothing", new { email, source, now = now.Ms() });

    public static Task RemoveAsync(Session session, string email) => session.ExecuteAsync("delete from refusals where email = @email", new { email });
}
