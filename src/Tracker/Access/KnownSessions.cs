using System.Collections.Concurrent;

namespace Tracker.Access;

/// <summary>
/// The sessions that this server has seen at work, in memory: pixels and links know a rep's own browser by them without asking the database. A cookie that is not
/// among them says nothing: a prospect must not vanish because some other program set a cookie of the same name. After a restart a session is known again
/// with the page's next request; until then the address it is used from tells.
/// </summary>
public sealed class KnownSessions(TimeProvider time)
{
    /// <summary>More than any team has; then the memory starts anew, since what is missing comes back by itself.</summary>
    const int Most = 10_000;

    // By hash: a dump of the memory shows no secret.
    readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    public void Note(string token)
    {
        if (_until.Count >= Most)
        {
            _until.Clear();
        }
        _until[Secrets.HashOf(token)] = time.GetUtcNow() + SignIn.SessionLifetime;
    }

    public void Forget(string token) => _until.TryRemove(Secrets.HashOf(token), out _);

    /// <summary>Whether the request comes from the browser of a rep who is signed in, over either scheme: the proxy in front may speak https where we don't.</summary>
    public bool IsRep(IHeaderDictionary headers)
    {
        if (headers.Cookie.Count == 0)
        {
            return false;   // nearly every reader: nothing to parse
        }
        foreach (var token in SessionCookie.Candidates(headers))
        {
            if (_until.TryGetValue(Secrets.HashOf(token), out var until) && until > time.GetUtcNow())
            {
                return true;
            }
        }
        return false;
    }
}
