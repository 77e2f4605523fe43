using Tracker.Access;
using Tracker.Engagement;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Storage;
using Tracker.Switches;

namespace Tracker.Web;

/// <param name="Ok">Whether this part can do its job.</param>
/// <param name="Problem">In plain words, when it cannot. Hosts, users and paths only for those who may know them.</param>
public sealed record HealthPart(bool Ok, string? Problem);

public sealed record HealthView(bool Ready, IReadOnlyDictionary<string, HealthPart> Parts);

/// <summary>Live says the process runs; ready says it can do all of its job. Pixels and links work whenever it is live.</summary>
public static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Ok(new { live = true })).ExcludeFromDescription();
        routes.MapGet("/health/ready", ReadyAsync).ExcludeFromDescription();
    }

    static async Task<IResult> ReadyAsync(HttpContext http, Database database, HitJournal journal, Projector projector, LinkSwitches switches, TimeProvider time)
    {
        var status = journal.Status;
        var (answers, isAdmin) = await DatabaseAsync(database, http, time);
        var parts = new Dictionary<string, HealthPart>
        {
            ["journal"] = new(status.Healthy, status.Problem),
            ["database"] = answers,
            ["projector"] = new(projector.Failing is null, projector.Failing),
            ["links"] = new(switches.Problem is null, switches.Problem),
        };
        if (!isAdmin && !ClientAddress.IsLocalCaller(http))
        {
            foreach (var (name, part) in parts.Where(p => !p.Value.Ok).ToList())
            {
                parts[name] = part with { Problem = $"The {name} cannot do its job now. An administrator or a caller on the server's machine is told why." };
            }
        }
        var view = new HealthView(parts.Values.All(p => p.Ok), parts);
        return Results.Json(view, ApiJson.Options, statusCode: view.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    static async Task<(HealthPart Part, bool IsAdmin)> DatabaseAsync(Database database, HttpContext http, TimeProvider time)
    {
        if (!database.IsReady)
        {
            return (new(false, database.Problem ?? "The database is being opened or migrated."), false);
        }
        try
        {
            // A database that hangs must not make the health check hang.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
            // The request comes here without having been authenticated, since that needs the database.
            var caller = await database.ReadAsync(
                async s => await s.ScalarAsync<long>("select 1") == 1 ? await Credentials.FindAsync(s, http.Request, time.GetUtcNow()) : null, both.Token).WaitAsync(both.Token);
            return (new(true, null), caller?.Scopes.Contains(Scopes.Admin) == true);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or OperationCanceledException or TimeoutException)
        {
            return (new(false, e is OperationCanceledException ? "The database does not answer within 2 s." : "The database does not answer: " + e.Message), false);
        }
    }
}
