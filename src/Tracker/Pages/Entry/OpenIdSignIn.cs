using System.Net.Sockets;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Tracker.Access;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Entry;

/// <summary>
/// Signing in with an account kept elsewhere: OpenID Connect's authorization code flow with PKCE. The provider tells a verified mail address, and the rep who has
/// it gets a session like any other; nothing of the provider's is kept.
/// </summary>
public static partial class OpenIdSignIn
{
    public const string Scheme = "openid", StartPath = "/sign-in/openid", BackPath = "/sign-in/openid/back";

    const string Verified = "email_verified";

    public static void AddOpenId(this AuthenticationBuilder authentication, OpenIdSettings settings)
    {
        if (settings.IsOn)
        {
            authentication.AddOpenIdConnect(Scheme, options => Configure(options, settings));
        }
    }

    static void Configure(OpenIdConnectOptions options, OpenIdSettings settings)
    {
        (options.Authority, options.ClientId, options.ClientSecret) = (settings.Authority, settings.ClientId, settings.ClientSecret.Length > 0 ? settings.ClientSecret : null);
        options.RequireHttpsMetadata = !Consent.IsLoopback(settings.Authority);
        options.CallbackPath = BackPath;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // The default, a form posted from the provider's site, would need cookies that go along with every foreign request.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.MapUniqueJsonKey(Verified, Verified);
        options.Scope.Clear();
        foreach (var scope in (string[])["openid", "profile", "email"])
        {
            options.Scope.Add(scope);
        }
        foreach (var cookie in (CookieBuilder[])[options.CorrelationCookie, options.NonceCookie])
        {
            (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
        }
        options.Events.OnTicketReceived = EnterAsync;
        options.Events.OnRemoteFailure = FailAsync;
    }

    public static void MapOpenId(this IEndpointRouteBuilder pages) => pages.MapGet(StartPath, StartAsync);

    static async Task<IResult> StartAsync(HttpContext http, TrackerSettings settings, ILoggerFactory logs, string? next)
    {
        if (!settings.OpenId.IsOn)
        {
            return Problems.NotFound.With("Signing in by OpenID Connect is not set up here. An administrator does that with the settings Tracker:OpenId.");
        }
        try
        {
            await http.ChallengeAsync(Scheme, new() { RedirectUri = PageAccess.Next(next) });
            return Results.Empty;
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or SocketException or IOException)
        {
            // Its description could not be read: the provider is away, or the setting names none.
            LogUnreachable(logs.CreateLogger(typeof(OpenIdSignIn)), settings.OpenId.Authority, e.Message);
            return Again($"{Upper(settings.OpenId.Name)} cannot be reached now. Try again, or sign in with a password or a one-time link.", StatusCodes.Status502BadGateway);
        }
    }

    static async Task EnterAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var settings = http.RequestServices.GetRequiredService<TrackerSettings>().OpenId;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        string? Claim(string type) => context.Principal?.FindFirst(type)?.Value;
        context.HandleResponse();
        var email = Emails.Parse(Claim("email"));
        if (email is null)
        {
            await AnswerAsync(http, $"{Upper(settings.Name)} told no mail address for you, so nobody here can be recognised by it. Its administrator can let it tell Tracker the claim 'email'.", StatusCodes.Status403Forbidden);
            return;
        }
        if (!settings.TrustUnverified && !string.Equals(Claim(Verified), "true", StringComparison.OrdinalIgnoreCase))
        {
            await AnswerAsync(http, $"{Upper(settings.Name)} has not verified that {email} is yours. Have it verified there, then sign in again.", StatusCodes.Status403Forbidden);
            return;
        }
        var database = http.RequestServices.GetRequiredService<Database>();
        var (session, problem) = await database.WriteAsync(s => OpenAsync(s, email, Claim("name"), settings, SignInEndpoints.Browser(http), now), http.RequestAborted);
        if (session is null)
        {
            await AnswerAsync(http, problem, StatusCodes.Status403Forbidden);
            return;
        }
        await SignInEndpoints.EnterAsync(http, database, http.RequestServices.GetRequiredService<OwnAddresses>(), session, now);
        http.Response.Redirect(PageAccess.Next(context.ReturnUri));
    }

    static async Task<(string? Session, string Problem)> OpenAsync(Session session, string email, string? name, OpenIdSettings settings, string browser, DateTimeOffset now)
    {
        var rep = await Reps.FindAsync(session, email);
        // Never the first: who that is, the one who runs the server decides.
        if (rep is null && settings.CreateFor.Contains(email[(email.LastIndexOf('@') + 1)..].ToLowerInvariant()) && await Reps.AnyAsync(session))
        {
            rep = (await Reps.AddAsync(session, Emails.Key(email), Name(name) ?? email, Role.Rep, now)).Rep;
        }
        return rep switch
        {
            null => (null, $"Nobody here has the address {email}. Ask an administrator of this server to add you to the team."),
            { IsActive: false } => (null, $"{email} has left the team here. An administrator of this server can take you back."),
            _ => (await Sessions.OpenAsync(session, rep.Id, browser, now), ""),
        };
    }

    static string? Name(string? told) => told?.Trim() is { Length: > 0 and <= Texts.MaxLine } name && !name.Any(char.IsControl) ? name : null;

    /// <summary>The provider said no, or what came back does not belong to a sign-in that this browser began.</summary>
    static Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        var why = context.Failure?.Message ?? "";
        LogFailed(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OpenIdSignIn)), why.Length > 300 ? why[..300] : why);
        return AnswerAsync(http, why.Contains("access_denied", StringComparison.Ordinal)
            ? "The sign-in was refused or cancelled there. Try again, or sign in with a password or a one-time link."
            : "The sign-in could not be completed: it was begun in another browser or too long ago, or the provider's answer was not right. Begin again; if it stays so, the server's log says why.",
            StatusCodes.Status400BadRequest);
    }

    static Task AnswerAsync(HttpContext http, string problem, int status)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Again(problem, status).ExecuteAsync(http);
    }

    static RazorComponentResult<SignInPage> Again(string problem, int status) => PageEndpoints.Show<SignInPage>(new { Problem = problem }, status);

    static string Upper(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    [LoggerMessage(EventId = 4201, Level = LogLevel.Error, Message = "The OpenID provider {Authority} (Tracker:OpenId:Authority) cannot be used: {Problem}")]
    static partial void LogUnreachable(ILogger log, string authority, string problem);

    [LoggerMessage(EventId = 4202, Level = LogLevel.Warning, Message = "A sign-in by OpenID Connect failed: {Problem}")]
    static partial void LogFailed(ILogger log, string problem);
}
