using Tracker.Access;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>Keys for programs.</summary>
public static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/keys", (HttpContext http, Viewer viewer, Database database) => ShowAsync(http, viewer, database));
        admin.MapPost("/keys", CreateAsync);
        admin.MapPost("/keys/{id}/revoke", RevokeAsync).EndsAccess();
    }

    static async Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database, string? done = null, string? problem = null, string? key = null)
    {
        var (keys, reps) = await database.ReadAsync(async s => (await ApiKeys.ListAsync(s), await Reps.ListAsync(s)), http.RequestAborted);
        return PageEndpoints.Show<KeysPage>(new { Viewer = viewer, Keys = keys, Reps = reps, Done = done, Problem = problem, Key = key }, problem is null ? 200 : 400);
    }

    static async Task<IResult> CreateAsync(HttpContext http, Viewer viewer, Database database)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        var (name, scopes, rep) = (form["name"].ToString().Trim(), form["scope"].OfType<string>().ToList(), form["rep"].ToString());
        if (!MemberEndpoints.IsName(name) || scopes.Count == 0 || scopes.Except(Scopes.All).Any())
        {
            return await ShowAsync(http, viewer, database, problem: "Give the key a name by which you will know it, and at least one thing it may do.");
        }
        var key = await database.WriteAsync(async s =>
        {
            var owner = rep.Length == 0 ? null : await Reps.FindAsync(s, rep);
            return rep.Length > 0 && owner is not { IsActive: true } ? null : await ApiKeys.CreateAsync(s, name, scopes, owner?.Id, viewer.Now);
        }, http.RequestAborted);
        return key is null
            ? await ShowAsync(http, viewer, database, problem: "That rep is not in the team any more.")
            : await ShowAsync(http, viewer, database, key: key);
    }

    static async Task<IResult> RevokeAsync(string id, HttpContext http, Viewer viewer, Database database)
    {
        var revoked = await database.WriteAsync(async s => Ids.Parse(id) is { } number && await ApiKeys.RevokeAsync(s, number, viewer.Now), http.RequestAborted);
        return await ShowAsync(http, viewer, database, done: revoked ? "The key is revoked: its next request is refused." : "That key was revoked before.");
    }
}
