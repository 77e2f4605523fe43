using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Access;

/// <summary>An API key in the Authorization header, or the session cookie of a rep who is signed in on the page.</summary>
public sealed class Authentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Database database, KeyUses uses, KnownSessions sessions, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "tracker";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!database.IsReady || Request.Path.StartsWithSegments("/health") || Request.Path.StartsWithSegments("/u"))
        {
            // What answers without the database must not fail because the request carries a key.
            return AuthenticateResult.NoResult();
        }
        if (Credentials.KeyOf(Request) is { } key)
        {
            return await ByKeyAsync(key);
        }
        return SessionCookie.Read(Request) is { } token && IsOurOwnPage() ? await BySessionAsync(token) : AuthenticateResult.NoResult();
    }

    async Task<AuthenticateResult> ByKeyAsync(string key)
    {
        var (caller, touch) = await database.ReadAsync(s => ApiKeys.FindAsync(s, key, time.GetUtcNow()), Context.RequestAborted);
        if (touch is { } id)
        {
            uses.Note(id);
        }
        return Result(caller, "The API key is not known, or was revoked.");
    }

    async Task<AuthenticateResult> BySessionAsync(string token)
    {
        var caller = await database.ReadAsync(s => SignIn.FindSessionAsync(s, token, time.GetUtcNow()), Context.RequestAborted);
        if (caller is null)
        {
            sessions.Forget(token);
        }
        else
        {
            sessions.Note(token);
        }
        return Result(caller, "The session has ended.");
    }

    // The cookie goes along with requests that other sites cause.
    bool IsOurOwnPage() => HttpMethods.IsGet(Request.Method) || HttpMethods.IsHead(Request.Method) || SameOrigin.IsOurs(Request);

    // A person who opens a page is led to the sign-in page; a module that fetches a part of one is told.
    bool LeadsToSignIn() => Context.GetEndpoint()?.Metadata.GetMetadata<ForPeople>() is not null && Request.Headers["Sec-Fetch-Dest"].ToString() != "empty";

    static AuthenticateResult Result(Caller? caller, string why) => caller is null
        ? AuthenticateResult.Fail(why)
        : AuthenticateResult.Success(new(caller.ToPrincipal(SchemeName), SchemeName));

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (LeadsToSignIn())
        {
            Response.Redirect(PageAccess.SignInPath(Request));
            return;
        }
        Response.Headers.WWWAuthenticate = "Bearer";
        var why = (await HandleAuthenticateOnceSafeAsync()).Failure?.Message ?? "The request carries no API key.";
        await Problems.Unauthorized.With(why).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<ForPeople>() is not null)
        {
            return Problems.Forbidden.With(Caller.IsSession(Context.User) ? "This page is not for you to see." : "Pages are for people who have signed in; a key opens none.").ExecuteAsync(Context);
        }
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<NeededScope>()?.Scope;
        return Problems.Forbidden.With($"This needs the scope '{needed}'; the key has: {string.Join(", ", Context.User.FindAll(Caller.ScopeClaim).Select(c => c.Value))}.").ExecuteAsync(Context);
    }
}

/// <summary>The scope a route needs; read by the OpenAPI document too.</summary>
public sealed record NeededScope(string Scope);

public static class ScopeExtensions
{
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(p => p.RequireClaim(Caller.ScopeClaim, scope)).WithMetadata(new NeededScope(scope));
}

/// <summary>The cookie of a signed-in rep: never readable by scripts, never sent from other sites.</summary>
public static class SessionCookie
{
    // The __Host- prefix makes browsers insist on Secure, Path=/ and no Domain; plain http on loopback cannot have it.
    const string SecureName = "__Host-tracker", PlainName = "tracker";

    static string Name(HttpRequest request) => request.IsHttps ? SecureName : PlainName;

    public static string? Read(HttpRequest request) => request.Cookies[Name(request)];

    /// <summary>What may be one, over either scheme, by its look.</summary>
    public static IEnumerable<string> Candidates(IHeaderDictionary headers) =>
        Microsoft.Net.Http.Headers.CookieHeaderValue.TryParseList(headers.Cookie, out var cookies)
            ? cookies.Where(c => c.Name.Equals(PlainName, StringComparison.Ordinal) || c.Name.Equals(SecureName, StringComparison.Ordinal))
                .Select(c => c.Value.ToString()).Where(Secrets.LooksLikeOne)
            : [];

    public static void Set(HttpContext http, string token) => http.Response.Cookies.Append(Name(http.Request), token, Options(http));

    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(Name(http.Request), Options(http));

    static CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true,
        Secure = http.Request.IsHttps,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = SignIn.SessionLifetime,
    };
}
