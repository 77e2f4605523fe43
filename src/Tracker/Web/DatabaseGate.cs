using Tracker.Hits;
using Tracker.Storage;

namespace Tracker.Web;

/// <summary>Until the database is opened and migrated, what needs it says so at once instead of failing somewhere inside.</summary>
public sealed class DatabaseGate(RequestDelegate next, Database database)
{
    static readonly string[] Free = ["/health", "/metrics", "/problems", "/u", "/robots.txt"];

    public Task InvokeAsync(HttpContext http)
    {
        if (database.IsReady || Array.Exists(Free, f => http.Request.Path.StartsWithSegments(f)))
        {
            return next(http);
        }
        http.Response.Headers.RetryAfter = "2";
        // Nobody can be authenticated yet, and the problem may name hosts and users: only this machine is told.
        var problem = ClientAddress.IsLocalCaller(http) || database.Problem is null ? database.Problem : "The database cannot be opened now.";
        return Problems.DatabaseUnavailable.With(problem ?? "The database is being opened or migrated.").ExecuteAsync(http);
    }
}
