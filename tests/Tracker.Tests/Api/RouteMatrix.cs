using System.Globalization;
using System.Net;
using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>
/// Every route for everybody who may ask. The routes come from the running server; what kind each is stands in routes.txt, written by hand, so a new one fails until
/// somebody has decided who may use it. What follows from a kind is the same for all of that kind.
/// </summary>
public sealed class RouteMatrix() : ApiContract(Engine.SqliteAsync)
{
    // public: everybody. read, send: keys with that scope, and reps who are signed in. page: reps who are signed in, no key. admin: administrators
    // who are signed in. operate: keys and sessions with the scope admin. own: it is about something of Rita's, which no other rep may see.
    static readonly string Kinds = File.ReadAllText(Path.Combine(Architecture.Source.Root, "tests", "Tracker.Tests", "Api", "routes.txt"));

    enum Got { In, Unknown, Forbidden, SignIn }

    sealed record Actor(string Name, string? Key, string? Cookie, string? Form, bool SeesAll, bool IsRitas, Role? Role, IReadOnlyList<string> Scopes);

    static readonly HashSet<string> Ends = ["POST /sign-out"];   // It would end the sessions that the others are asked with.

    async Task<Actor> KeyAsync(string name, long? rep, bool ritas, params string[] scopes) => new(name, (await Server.ClientAsync(rep, scopes)).Key, null, null, rep is null, ritas, null, scopes);

    async Task<Actor> SessionAsync(string name, Rep rep, bool ritas)
    {
        var cookie = await Server.CookieAsync(rep.Id);
        return new(name, null, cookie, FormToken.Of(Uri.UnescapeDataString(cookie.Split('=')[1])), rep.Role != Role.Rep, ritas, rep.Role, Roles.ScopesOf(rep.Role));
    }

    [Fact]
    public async Task Everybody_gets_in_where_they_should_and_nowhere_else()
    {
        var rita = await Server.RepAsync();
        var olga = await Server.RepAsync("olga@example.com", "Olga Other");
        var (mona, ada) = (await Server.RepAsync("mona@example.com", "Mona Manager", role: Role.Manager), await Server.RepAsync("ada@example.com", "Ada Admin", role: Role.Admin));
        var gone = await Server.RepAsync("gone@example.com", "Gone");
        var left = (Key: await KeyAsync("key of one who left", gone.Id, false, Scopes.Send, Scopes.Read), Session: await SessionAsync("session of one who left", gone, false));
        Assert.True(await Server.Database.WriteAsync(s => Reps.DeactivateAsync(s, gone.Id, Server.Time.GetUtcNow()), Ct));
        Actor Nobody(string name, string? key) => new(name, key, null, null, false, false, null, []);
        Actor[] actors =
        [
            Nobody("nobody", null), Nobody("wrong key", "trk_" + Secrets.New()), Nobody(left.Key.Name, left.Key.Key), Nobody(left.Session.Name, null) with { Cookie = left.Session.Cookie, Form = left.Session.Form },
            await KeyAsync("Rita's key, read", rita.Id, true, Scopes.Read), await KeyAsync("Rita's key, send", rita.Id, true, Scopes.Send), await KeyAsync("Olga's key", olga.Id, false, Scopes.Send, Scopes.Read),
            await KeyAsync("everybody's key", null, false, Scopes.Send, Scopes.Read), await KeyAsync("admin key", null, false, Scopes.Admin),
            await SessionAsync("Rita", rita, true), await SessionAsync("Olga", olga, false), await SessionAsync("Mona, manager", mona, false), await SessionAsync("Ada, administrator", ada, false),
        ];
        var ids = await ThingsAsync();
        var kinds = Kinds.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(l => l.Split("  ", 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .ToDictionary(l => l[0], l => l.Length > 1 ? l[1] : "");
        var routes = ApiRoutes.Of(Server);
        Assert.True(routes.Select(r => r.Name).All(kinds.ContainsKey), "Say who may use these:\n" + string.Join('\n', routes.Select(r => r.Name).Except(kinds.Keys)));
        Assert.Equal([], kinds.Keys.Except(routes.Select(r => r.Name)));

        var wrong = new List<string>();
        var from = 0;
        foreach (var route in routes.Where(r => !Ends.Contains(r.Name)))
        {
            var own = "";
            foreach (var actor in actors)
            {
                var expected = Expected(kinds[route.Name], actor);
                var path = route.At(ids.FirstOrDefault(i => route.Pattern.Contains(i.Key, StringComparison.Ordinal)).Value ?? "999");
                var (got, status) = await AskAsync(route, path, actor, $"198.51.{100 + from / 250}.{1 + from++ % 250}");
                own = actor.IsRitas && expected == Got.In ? status : own;
                // What is about nothing of anybody's may not be there; and who is told the same as Rita about a body that is wrong has learnt nothing.
                var asGood = (expected == Got.In && got == Got.Unknown && !kinds[route.Name].EndsWith("own", StringComparison.Ordinal)) || (expected == Got.Unknown && status is "400" or "422" && status == own);
                if (got != expected && !asGood)
                {
                    wrong.Add($"{route.Name} ({kinds[route.Name]}) as {actor.Name}: {expected} expected, was {status}");
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    readonly Dictionary<string, string> _bodies = new()
    {
        ["POST /api/v1/prompts/{id}/outcome"] = """{"outcome":"stop"}""",
        ["POST /api/v1/prompts/{id}/rating"] = """{"right":true}""",
        ["POST /api/v1/prompts/{id}/snooze"] = $$"""{"until":"{{TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}}"}""",
        ["POST /api/v1/prospects/{id}/insights"] = """{"text":"x"}""",
        ["POST /api/v1/prospects/{id}/touches"] = """{"kind":"call","outcome":"connected"}""",
    };

    static Got Expected(string kind, Actor actor)
    {
        var (who, own) = (kind.Split(' ')[0], kind.EndsWith(" own", StringComparison.Ordinal));
        var known = actor.Scopes.Count > 0;
        var allowed = who switch
        {
            "read" => actor.Scopes.Contains(Scopes.Read),
            "send" => actor.Scopes.Contains(Scopes.Send),
            "operate" => actor.Scopes.Contains(Scopes.Admin),
            "page" => actor.Role is not null,
            "admin" => actor.Role == Role.Admin,
            _ => true,
        };
        return who == "public" || (known && allowed && (!own || actor.IsRitas || actor.SeesAll)) ? Got.In
            : !known ? who is "page" or "admin" ? Got.SignIn : Got.Forbidden
            : allowed ? Got.Unknown : Got.Forbidden;
    }

    /// <summary>One of each of Rita's things that a route may be about, and an id for what stands in the address.</summary>
    async Task<Dictionary<string, string>> ThingsAsync()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var message = await Rita.MailAsync(Mails.Proposal());
        await Server.VisitAsync(message.Text("copies", 0, "openUrl"));
        var hit = (await feed.NextAsync("hit")).Data.Text("hitId");
        var prompt = (await feed.NextAsync("prompt.raised")).Data.Text("id");
        var (prospect, company) = (message.Text("copies", 0, "prospectId"), (await Rita.GetAsync("/companies/hot")).Text("items", 0, "id"));
        return new()
        {
            ["/problems/"] = "not-found", ["messages/{id}"] = message.Text("id"), ["mails/{id}"] = message.Text("id"), ["prospects/{id}"] = prospect, ["companies/{id}"] = company,
            ["hits/{id}"] = hit, ["prompts/{id}"] = prompt, ["/now/outcome/"] = "voicemail", ["/settings/team/{id}"] = "999",
        };
    }

    /// <summary>What came of it: whatever was said about the request itself (a body that is missing, a prompt that is closed) came from inside.</summary>
    async Task<(Got, string)> AskAsync(ApiRoute route, string path, Actor actor, string from)
    {
        using var request = new HttpRequestMessage(new(route.Method), path + (route.Pattern is "/now/live" or "/now/away" ? "?after=0" : route.Pattern == "/now/earlier" ? "?before=1" : ""));
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);
        if (actor.Key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + actor.Key);
        }
        if (actor.Cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", actor.Cookie);
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
            request.Headers.TryAddWithoutValidation(FormToken.Header, actor.Form);
        }
        if (route.Method is not ("GET" or "HEAD"))
        {
            request.Content = route.Pattern.StartsWith("/api/", StringComparison.Ordinal) ? Answers.Json(_bodies.GetValueOrDefault(route.Name, "{}")) : new FormUrlEncodedContent([new("x", "y")]);
        }
        using var response = await Server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        return (response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when route.Pattern != "/sign-in" => Got.Forbidden,
            HttpStatusCode.Forbidden => Got.Forbidden,
            HttpStatusCode.Found when route.Pattern != "/sign-out" && response.Headers.Location!.ToString().StartsWith("/sign-in", StringComparison.Ordinal) => Got.SignIn,
            HttpStatusCode.NotFound => Got.Unknown,
            _ => Got.In,
        }, status);
    }
}
