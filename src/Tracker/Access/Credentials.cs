using Tracker.Storage;

namespace Tracker.Access;

/// <summary>What a request shows to be let in, and whom that is.</summary>
public static class Credentials
{
    const string Bearer = "Bearer ";

    /// <summary>The API key, whether it is a right one or not; null when there is none.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
    }

    /// <summary>Who shows this now; null when nobody, or not any more. For what lasts longer than the request's own authentication, or comes before it.</summary>
    public static async Task<Caller?> FindAsync(Session session, HttpRequest request, DateTimeOffset now)
    {
        if (KeyOf(request) is { } key)
        {
            return (await ApiKeys.FindAsync(session, key, now)).Caller;
        }
        return SessionCookie.Read(request) is { } token ? await SignIn.FindSessionAsync(session, token, now) : null;
    }
}
