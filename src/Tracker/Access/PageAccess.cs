using Tracker.Web;

namespace Tracker.Access;

/// <summary>Marks routes that a person opens in a browser: who is not signed in is led to the sign-in page instead of being answered with a problem.</summary>
public sealed record ForPeople;

/// <summary>Lets signed-in reps into pages, and nobody else: no API key opens a page.</summary>
public static class PageAccess
{
    public static RouteGroupBuilder MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription().WithMetadata(new ForPeople());
        pages.RequireAuthorization(p => p.RequireAssertion(c => Caller.IsSession(c.User)));
        pages.AddEndpointFilter(GuardAsync);
        return pages;
    }

    /// <summary>Nothing a rep sees is kept by a cache, and what changes something brings the form's token.</summary>
    static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !await BringsTokenAsync(http.Request))
        {
            return Problems.Forbidden.With("The form is not of this session: load the page again, then send it once more.");
        }
        return await next(context);
    }

    static async Task<bool> BringsTokenAsync(HttpRequest request)
    {
        var given = request.Headers[FormToken.Header].ToString() is { Length: > 0 } header ? header : (await RequestBody.FormAsync(request))?[FormToken.Field].ToString();
        return SessionCookie.Read(request) is { } session && FormToken.IsRight(session, given);
    }

    /// <summary>Where to sign in, and where to go on to afterwards.</summary>
    public static string SignInPath(HttpRequest request) =>
        request.Path == "/" || !HttpMethods.IsGet(request.Method) ? "/sign-in" : "/sign-in?next=" + Uri.EscapeDataString(request.Path + request.QueryString);

    /// <returns>A path on this server; never an address elsewhere.</returns>
    public static string Next(string? next) =>
        next is ['/', not ('/' or '\\'), ..] && next.AsSpan().IndexOfAny("\\\r\n\t") < 0 && !next.StartsWith("/sign-", StringComparison.Ordinal) ? next : "/";
}
