using Tracker.Access;
using Tracker.Outbound;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>Who is here, and how somebody new gets in.</summary>
public static class TeamEndpoints
{
    public static void MapTeam(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/team", (HttpContext http, Viewer viewer, Database database) => ShowAsync(http, viewer, database, new()));
        admin.MapPost("/team", AddAsync);
    }

    internal static async Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database, TeamForm form, int status = StatusCodes.Status200OK)
    {
        var (reps, sessions) = await database.ReadAsync(async s => (await Reps.ListAllAsync(s), await Sessions.LastSeenAsync(s, viewer.Now)), http.RequestAborted);
        return PageEndpoints.Show<TeamPage>(new { Viewer = viewer, Reps = reps, Seen = sessions, Form = form }, status);
    }

    static async Task<IResult> AddAsync(HttpContext http, Viewer viewer, Database database, PublicAddress address)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        var typed = new TeamForm(form["email"].ToString().Trim(), form["name"].ToString().Trim(), Roles.Parse(form["role"]) ?? Role.Rep);
        var email = Emails.Parse(typed.Email);
        if (email is null)
        {
            return await ShowAsync(http, viewer, database, typed with { WrongEmail = "Give one mail address, such as anna@example.com." }, 400);
        }
        if (!MemberEndpoints.IsName(typed.Name))
        {
            return await ShowAsync(http, viewer, database, typed with { WrongName = "Give a name, of at most 200 characters." }, 400);
        }
        var (added, link) = await database.WriteAsync(async s =>
        {
            var (rep, isNew) = await Reps.AddAsync(s, email, typed.Name, typed.Role, viewer.Now);
            return (isNew, isNew ? await SignIn.NewLinkAsync(s, rep.Id, viewer.Now) : "");
        }, http.RequestAborted);
        return added
            ? await ShowAsync(http, viewer, database, new() { Added = typed.Name, Link = Here(http) + link })
            : await ShowAsync(http, viewer, database, typed with { WrongEmail = "Somebody with this address is in the team already; open them in the list." }, 409);
    }

    /// <summary>Where this page is, as the administrator reaches it: the tracking host need not lead to pages.</summary>
    internal static string Here(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";
}

/// <summary>What was typed for somebody new, and what came of it.</summary>
public sealed record TeamForm(string Email = "", string Name = "", Role Role = Role.Rep)
{
    public string? WrongEmail { get; init; }
    public string? WrongName { get; init; }
    public string? Added { get; init; }
    public string? Link { get; init; }
}
