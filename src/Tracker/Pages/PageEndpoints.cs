using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Tracker.Access;
using Tracker.Outbound;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages;

/// <summary>The landing page, signing in and out, and what a problem's type leads to.</summary>
public static class PageEndpoints
{
    const int MaxName = 200;

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet("/", LandingAsync);
        pages.MapGet("/sign-in/{token}", SignInAsync);
        pages.MapPost("/sign-in/{token}", UseLinkAsync);
        pages.MapPost("/sign-out", SignOutAsync);
        pages.MapGet("/problems/{slug}", Problem);
        pages.MapGet("/robots.txt", () => TypedResults.Text("User-agent: *\nDisallow: /\n"));
    }

    public static RazorComponentResult<TPage> Show<TPage>(object parameters, int status = StatusCodes.Status200OK) where TPage : IComponent =>
        new(parameters) { StatusCode = status };

    static async Task<IResult> LandingAsync(HttpContext http, Database database, OwnAddresses own, PublicAddress address)
    {
        var caller = http.User.Identity is { IsAuthenticated: true } ? Caller.Of(http.User) : null;
        var rep = caller?.RepId is { } id ? await database.ReadAsync(s => Reps.FindAsync(s, id), http.RequestAborted) : null;
        if (rep is not null)
        {
            await own.NoteAsync(http, rep.Id);
        }
        return Show<Landing>(new { rep?.Name, rep?.Email, Address = address.Url });
    }

    static async Task<IResult> SignInAsync(string token, HttpContext http, Database database, TimeProvider time)
    {
        var (works, firstAdmin) = await database.ReadAsync(s => SignIn.LookAsync(s, token, time.GetUtcNow()), http.RequestAborted);
        return Show<SignInPage>(new { Works = works, FirstAdmin = firstAdmin }, works ? 200 : 410);
    }

    static async Task<IResult> UseLinkAsync(string token, HttpContext http, Database database, OwnAddresses own, TimeProvider time)
    {
        var form = await RequestBody.FormAsync(http.Request);
        var (email, name) = (Emails.Parse(form?["email"]), form?["name"].ToString().Trim());
        var now = time.GetUtcNow();
        var (works, firstAdmin) = await database.ReadAsync(s => SignIn.LookAsync(s, token, now), http.RequestAborted);
        if (works && firstAdmin && (email is null || name is not { Length: > 0 and <= MaxName }))
        {
            return Show<SignInPage>(new { Works = true, FirstAdmin = true, Problem = "Please give one mail address and your name.", Email = form?["email"].ToString(), Name = name }, 400);
        }
        if (await database.WriteAsync(s => SignIn.UseAsync(s, token, email, name, now), http.RequestAborted) is not { } session)
        {
            return Show<SignInPage>(new { Works = false }, 410);
        }
        SessionCookie.Set(http, session);
        if (await database.ReadAsync(s => SignIn.FindSessionAsync(s, session, now), http.RequestAborted) is { RepId: { } rep })
        {
            await own.NoteAsync(http, rep);
        }
        return TypedResults.Redirect("/");
    }

    static async Task<IResult> SignOutAsync(HttpContext http, Database database, KnownSessions sessions)
    {
        if (SessionCookie.Read(http.Request) is { } session)
        {
            sessions.Forget(session);
            await database.WriteAsync(s => SignIn.EndSessionAsync(s, session), http.RequestAborted);
        }
        SessionCookie.Clear(http);
        return TypedResults.Redirect("/");
    }

    static IResult Problem(string slug) => Problems.All.FirstOrDefault(p => p.Slug == slug) is { } kind
        ? Show<ProblemPage>(new { Kind = kind })
        : Problems.NoSuchRoute.With("There is no such problem.");
}
