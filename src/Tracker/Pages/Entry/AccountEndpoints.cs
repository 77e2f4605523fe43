using Tracker.Access;
using Tracker.Hits;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Entry;

/// <summary>A rep's own password and sessions.</summary>
public static class AccountEndpoints
{
    public static void MapAccount(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/account", (HttpContext http, Viewer viewer, Database database) => ShowAsync(http, viewer, database));
        pages.MapPost("/account/password", PasswordAsync).EndsAccess();
        pages.MapPost("/account/sessions", EndAsync).EndsAccess();
    }

    static async Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database, string? done = null, string? problem = null, string? wrong = null, int status = 200)
    {
        var (has, sessions) = await database.ReadAsync(async s =>
            (await Passwords.HasOneAsync(s, viewer.Rep.Id), await Sessions.ListAsync(s, viewer.Rep.Id, SessionCookie.Read(http.Request), viewer.Now)), http.RequestAborted);
        return PageEndpoints.Show<AccountPage>(new { Viewer = viewer, HasPassword = has, Sessions = sessions, Done = done, Problem = problem, Wrong = wrong }, status);
    }

    static async Task<IResult> PasswordAsync(HttpContext http, Viewer viewer, Database database, Passwords passwords, SignInTries tries, ClientAddress clients)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        var (current, wanted) = (form["current"].ToString(), form["wanted"].ToString());
        if (wanted.Length is < Passwords.MinLength or > Passwords.MaxLength)
        {
            return await ShowAsync(http, viewer, database, wrong: $"It takes {Passwords.MinLength} to {Passwords.MaxLength} characters; this has {wanted.Length}.", status: 400);
        }
        if (tries.Take(viewer.Rep.Email, clients.Of(http).ToString()) is { } wait)
        {
            return await ShowAsync(http, viewer, database, problem: $"Too many tries. Wait {Math.Ceiling(wait.TotalMinutes):0} minutes.", status: 429);
        }
        return current.Length <= Passwords.MaxLength && await passwords.ChangeAsync(viewer.Rep, current, wanted, SessionCookie.Read(http.Request)!, http.RequestAborted)
            ? await ShowAsync(http, viewer, database, done: "Your password is set, and your other sessions have ended.")
            : await ShowAsync(http, viewer, database, problem: "The current password is not right. Nothing was changed.", status: 400);
    }

    /// <summary>Ends the session that the form names; all others when it names none.</summary>
    static async Task<IResult> EndAsync(HttpContext http, Viewer viewer, Database database)
    {
        var id = (await RequestBody.FormAsync(http.Request))?["id"].ToString();
        await database.WriteAsync(s => string.IsNullOrEmpty(id)
            ? Sessions.EndOthersAsync(s, viewer.Rep.Id, SessionCookie.Read(http.Request)!)
            : Sessions.EndAsync(s, viewer.Rep.Id, id), http.RequestAborted);
        return TypedResults.Redirect("/account");
    }
}
