using Tracker.Access;
using Tracker.Outbound;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>One of the team, as an administrator sees and changes them.</summary>
public static class MemberEndpoints
{
    public static void MapMember(this IEndpointRouteBuilder admin)
    {
        var one = admin.MapGroup("/team/{id}");
        one.MapGet("", (string id, HttpContext http, Viewer viewer, Database database, PublicAddress address) => ShowAsync(id, http, viewer, database, address));
        one.MapPost("", ChangeAsync).EndsAccess();
        one.MapPost("/link", LinkAsync);
        one.MapPost("/leave", LeaveAsync).EndsAccess();
        one.MapPost("/return", ReturnAsync);
        one.MapPost("/sessions", EndSessionAsync).EndsAccess();
        one.MapPost("/mail", MailAsync);
    }

    public static bool IsName(string name) => name.Length is > 0 and <= Texts.MaxLine && !name.Any(char.IsControl);

    static async Task<IResult> ShowAsync(
        string id, HttpContext http, Viewer viewer, Database database, PublicAddress address, string? done = null, string? problem = null, string? link = null, int status = StatusCodes.Status200OK)
    {
        var (rep, own, sessions) = await database.ReadAsync(async s => await FindAsync(s, id) is { } found
            ? (found, await RepOptions.OfAsync(s, found.Id), await Sessions.ListAsync(s, found.Id, SessionCookie.Read(http.Request), viewer.Now)) : default, http.RequestAborted);
        return rep is null ? Problems.NoSuch("rep", id) : PageEndpoints.Show<MemberPage>(new
        {
            Viewer = viewer, Member = rep, Sessions = sessions, Own = own, InForce = OutboundOptions.Of(address.Decide(new(), own, rep.Email)),
            Done = done, Problem = problem, Link = link,
        }, status);
    }

    static Task<Rep?> FindAsync(Session session, string id) => Ids.Parse(id) is { } number ? Reps.FindAsync(session, number) : Task.FromResult<Rep?>(null);

    const string LastAdmin = "Nobody would be left who can manage the team. Make somebody else administrator first.";

    static async Task<IResult> ChangeAsync(string id, HttpContext http, Viewer viewer, Database database, PublicAddress address)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        var (name, role) = (form["name"].ToString().Trim(), Roles.Parse(form["role"]));
        if (!IsName(name) || role is null)
        {
            return await ShowAsync(id, http, viewer, database, address, problem: "Give a name, of at most 200 characters, and a role.", status: 400);
        }
        var changed = await database.WriteAsync(async s => await FindAsync(s, id) is not { } rep || await Reps.ChangeAsync(s, rep with { Name = name, Role = role.Value }), http.RequestAborted);
        return changed
            ? await ShowAsync(id, http, viewer, database, address, done: "Saved. It holds from their next click on.")
            : await ShowAsync(id, http, viewer, database, address, problem: LastAdmin, status: 409);
    }

    static async Task<IResult> LinkAsync(string id, HttpContext http, Viewer viewer, Database database, PublicAddress address)
    {
        var link = await database.WriteAsync(async s => await FindAsync(s, id) is { IsActive: true } rep ? await SignIn.NewLinkAsync(s, rep.Id, viewer.Now) : null, http.RequestAborted);
        return await ShowAsync(id, http, viewer, database, address, link: link is null ? null : TeamEndpoints.Here(http) + link);
    }

    static async Task<IResult> LeaveAsync(string id, HttpContext http, Viewer viewer, Database database, PublicAddress address, KnownSessions known)
    {
        var (ended, done) = await database.WriteAsync(async s => await FindAsync(s, id) is { } rep
            ? (await Sessions.IdsAsync(s, rep.Id), await Reps.DeactivateAsync(s, rep.Id, viewer.Now)) : ([], true), http.RequestAborted);
        if (!done)
        {
            return await ShowAsync(id, http, viewer, database, address, problem: LastAdmin, status: 409);
        }
        foreach (var session in ended)
        {
            known.ForgetId(session);
        }
        return await ShowAsync(id, http, viewer, database, address, done: "They are signed out everywhere, and their keys are revoked. Mail they sent stays tracked and in view of managers.");
    }

    static async Task<IResult> ReturnAsync(string id, HttpContext http, Viewer viewer, Database database, PublicAddress address)
    {
        await database.WriteAsync(async s =>
        {
            if (await FindAsync(s, id) is { } rep)
            {
                await Reps.ReactivateAsync(s, rep.Id);
            }
        }, http.RequestAborted);
        return await ShowAsync(id, http, viewer, database, address, done: "They can sign in again. Give them a new link; their keys stay revoked.");
    }

    static async Task<IResult> EndSessionAsync(string id, HttpContext http, Viewer viewer, Database database, PublicAddress address, KnownSessions known)
    {
        var session = (await RequestBody.FormAsync(http.Request))!["id"].ToString();
        await database.WriteAsync(async s =>
        {
            if (await FindAsync(s, id) is { } rep)
            {
                await Sessions.EndAsync(s, rep.Id, session);
            }
        }, http.RequestAborted);
        known.ForgetId(session);
        return await ShowAsync(id, http, viewer, database, address, done: "That session has ended.");
    }

    static async Task<IResult> MailAsync(string id, HttpContext http, Viewer viewer, Database database, PublicAddress address, TrackerSettings settings)
    {
        if (await database.ReadAsync(s => FindAsync(s, id), http.RequestAborted) is not { } rep)
        {
            return Problems.NoSuch("rep", id);
        }
        var (problem, _) = await MailWishes.StoreAsync(http, database, rep.Id, viewer, settings);
        return await ShowAsync(id, http, viewer, database, address, done: problem is null ? "Their mail from now on is tracked like this." : null, problem: problem, status: problem is null ? 200 : 400);
    }
}
