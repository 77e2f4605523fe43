using System.Globalization;
using Tracker.Access;
using Tracker.Hits;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Entry;

/// <summary>The ways in and out: a one-time link, a password, signing out.</summary>
public static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/sign-in", (string? next) => PageEndpoints.Show<SignInPage>(new { Next = PageAccess.Next(next) }));
        pages.MapPost("/sign-in", ByPasswordAsync);
        pages.MapGet("/sign-in/{token}", LookAsync);
        pages.MapPost("/sign-in/{token}", UseLinkAsync);
        pages.MapPost("/sign-out", SignOutAsync).EndsAccess();
    }

    static async Task<IResult> ByPasswordAsync(HttpContext http, Passwords passwords, SignInTries tries, ClientAddress clients, OwnAddresses own, Database database, TimeProvider time)
    {
        if (SameOrigin.IsForeign(http.Request))
        {
            return Problems.Forbidden.With("Sign in from this server's own page.");
        }
        var form = await RequestBody.FormAsync(http.Request);
        var (typed, password, next) = (form?["email"].ToString().Trim() ?? "", form?["password"].ToString() ?? "", PageAccess.Next(form?["next"]));
        var (account, address) = (Emails.Key(typed), clients.Of(http).ToString());
        if (tries.Take(account, address) is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Again($"Too many tries. Wait {Math.Ceiling(wait.TotalMinutes):0} minutes, or ask for a one-time link.", StatusCodes.Status429TooManyRequests);
        }
        // Longer than any password here: not hashed, and told like a wrong one.
        var session = password.Length is 0 or > Passwords.MaxLength
            ? null : await passwords.SignInAsync(Emails.Parse(typed), password, Browser(http), http.RequestAborted);
        if (session is null)
        {
            return Again("Address and password do not belong together.", StatusCodes.Status401Unauthorized);
        }
        tries.Succeeded(account, address);
        await EnterAsync(http, database, own, session, time.GetUtcNow());
        return TypedResults.Redirect(next);

        IResult Again(string problem, int status) => PageEndpoints.Show<SignInPage>(new { Problem = problem, Email = typed, Next = next }, status);
    }

    static async Task<IResult> LookAsync(string token, HttpContext http, Database database, TimeProvider time)
    {
        var (works, firstAdmin) = await database.ReadAsync(s => SignIn.LookAsync(s, token, time.GetUtcNow()), http.RequestAborted);
        return PageEndpoints.Show<SignInLinkPage>(new { Works = works, FirstAdmin = firstAdmin }, works ? 200 : 410);
    }

    static async Task<IResult> UseLinkAsync(string token, HttpContext http, Database database, OwnAddresses own, TimeProvider time)
    {
        if (SameOrigin.IsForeign(http.Request))
        {
            return Problems.Forbidden.With("Use the link on this server's own page.");
        }
        var form = await RequestBody.FormAsync(http.Request);
        var (email, name) = (Emails.Parse(form?["email"]), form?["name"].ToString().Trim());
        var now = time.GetUtcNow();
        var (works, firstAdmin) = await database.ReadAsync(s => SignIn.LookAsync(s, token, now), http.RequestAborted);
        if (works && firstAdmin && (email is null || name is not { Length: > 0 and <= Texts.MaxLine }))
        {
            return PageEndpoints.Show<SignInLinkPage>(new { Works = true, FirstAdmin = true, Problem = "Please give one mail address and your name.", Email = form?["email"].ToString(), Name = name }, 400);
        }
        if (await database.WriteAsync(s => SignIn.UseAsync(s, token, email, name, now, Browser(http)), http.RequestAborted) is not { } session)
        {
            return PageEndpoints.Show<SignInLinkPage>(new { Works = false }, 410);
        }
        await EnterAsync(http, database, own, session, now);
        return TypedResults.Redirect("/");
    }

    internal static async Task EnterAsync(HttpContext http, Database database, OwnAddresses own, string session, DateTimeOffset now)
    {
        SessionCookie.Set(http, session);
        if (await database.ReadAsync(s => SignIn.FindSessionAsync(s, session, now), http.RequestAborted) is { } caller)
        {
            await own.NoteAsync(http, caller.SignedInRep);
        }
    }

    static async Task<IResult> SignOutAsync(HttpContext http, Database database, KnownSessions sessions)
    {
        // Another site could otherwise sign a rep out; nothing of theirs would be seen, but their day interrupted.
        if (SessionCookie.Read(http.Request) is { } session && SameOrigin.IsOurs(http.Request))
        {
            sessions.Forget(session);
            await database.WriteAsync(s => SignIn.EndSessionAsync(s, session), http.RequestAborted);
            SessionCookie.Clear(http);
        }
        return TypedResults.Redirect("/sign-in");
    }

    internal static string Browser(HttpContext http) => Sessions.Describe(http.Request.Headers.UserAgent.ToString());
}
