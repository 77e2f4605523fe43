using System.Net;
using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Team;

/// <summary>Signing in with an account kept elsewhere, against a real provider.</summary>
public sealed class OpenIdTests : IAsyncLifetime
{
    Engine _engine = null!;
    TestServer _server = null!;
    Glewlwyd _provider = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // The provider must know where to send back to before the tracker runs, and the tracker must know the provider.
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        _provider = await Glewlwyd.StartAsync($"http://127.0.0.1:{port}/sign-in/openid/back");
        _engine = await Engine.SqliteAsync();
        _server = await TestServer.StartAsync(_engine, null, ("urls", $"http://127.0.0.1:{port}"), ("Tracker:OpenId:Authority", _provider.Authority), ("Tracker:OpenId:ClientId", Glewlwyd.ClientId),
            ("Tracker:OpenId:ClientSecret", Glewlwyd.ClientSecret), ("Tracker:OpenId:Name", "the house account"), ("Tracker:OpenId:CreateFor", "house.example"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            await _engine.DisposeAsync();
        }
        if (_provider is not null)
        {
            await _provider.DisposeAsync();
        }
    }

    sealed class Walk(TestServer server)
    {
        readonly Dictionary<string, string> _cookies = [];

        public string? Session => _cookies.GetValueOrDefault("tracker");

        public IReadOnlyDictionary<string, string> Cookies => _cookies;

        public async Task<HttpResponseMessage> GetAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}")));
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Dest", "document");
            var response = await server.Http.SendAsync(request, Ct);
            foreach (var set in response.Headers.TryGetValues("Set-Cookie", out var all) ? all : [])
            {
                var pair = set.Split(';')[0].Split('=', 2);
                _cookies[pair[0]] = pair[1];
            }
            return response;
        }
    }

    /// <summary>As far as the provider's answer, which it gives to who is signed in there.</summary>
    async Task<Uri> ToProviderAsync(Walk walk, string theirSession, string next = "/")
    {
        using var start = await walk.GetAsync("/sign-in/openid?next=" + Uri.EscapeDataString(next));
        Assert.Equal(HttpStatusCode.Found, start.StatusCode);
        var there = start.Headers.Location!.ToString();
        Assert.StartsWith(_provider.Authority + "/auth?", there, StringComparison.Ordinal);
        Assert.Contains("code_challenge_method=S256", there, StringComparison.Ordinal);
        Assert.Contains("response_type=code", there, StringComparison.Ordinal);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, there + "&g_continue");
        request.Headers.TryAddWithoutValidation("Cookie", theirSession);
        using var answer = await http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer.Headers.Location!;
    }

    async Task<(HttpStatusCode Status, string Text, string? To)> SignInAsync(Walk walk, string theirSession, string next = "/")
    {
        using var back = await walk.GetAsync((await ToProviderAsync(walk, theirSession, next)).PathAndQuery);
        return (back.StatusCode, WebUtility.HtmlDecode(await back.Content.ReadAsStringAsync(Ct)), back.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_rep_with_a_verified_address_gets_in_and_nobody_else_does()
    {
        var rita = await _server.RepAsync();
        var gone = await _server.RepAsync("gone@example.com", "Gone", role: Role.Admin);
        var ada = await _server.RepAsync("ada@example.com", "Ada", role: Role.Admin);
        Assert.True(await _server.Database.WriteAsync(s => Reps.DeactivateAsync(s, gone.Id, _server.Time.GetUtcNow()), Ct));

        var walk = new Walk(_server);
        var session = await _provider.PersonAsync("rita", "Rita@Example.com", verified: true);
        Assert.Equal((HttpStatusCode.Found, "/hot?x=1"), await StatusAndToAsync(walk, session, "/hot?x=1"));
        using var hot = await walk.GetAsync("/hot");
        Assert.Equal(HttpStatusCode.OK, hot.StatusCode);
        Assert.Contains(rita.Name, await hot.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);

        foreach (var (user, email, verified, why) in new[]
        {
            ("ulf", "ada@example.com", false, "has not verified that ada@example.com is yours"), ("otto", "nobody@example.com", true, "Nobody here has the address nobody@example.com"),
            ("gone", "gone@example.com", true, "has left the team"), ("blank", "not an address", true, "told no mail address"),
        })
        {
            var other = new Walk(_server);
            var (status, text, _) = await SignInAsync(other, await _provider.PersonAsync(user, email, verified));
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.Contains(why, text, StringComparison.Ordinal);
            Assert.Null(other.Session);
        }
        Assert.Equal(2, (await _server.Database.ReadAsync(Reps.ListAsync, Ct)).Count);
        Assert.Equal(Role.Admin, ada.Role);
        Assert.DoesNotContain(_server.Log, l => l.Contains(Glewlwyd.ClientSecret, StringComparison.Ordinal));
    }

    async Task<(HttpStatusCode, string?)> StatusAndToAsync(Walk walk, string session, string next)
    {
        var (status, text, to) = await SignInAsync(walk, session, next);
        Assert.True(status == HttpStatusCode.Found, text);
        return (status, to);
    }

    [Fact]
    public async Task Only_domains_that_were_named_make_reps_and_never_the_first()
    {
        var session = await _provider.PersonAsync("nina", "nina@house.example", verified: true);
        // Nobody is here yet: who is first is for the one who runs the server to say.
        var (status, text, _) = await SignInAsync(new(_server), session);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("Nobody here", text, StringComparison.Ordinal);
        await _server.RepAsync();
        Assert.Equal((HttpStatusCode.Found, "/"), await StatusAndToAsync(new(_server), session, "/"));
        var nina = (await _server.Database.ReadAsync(s => Reps.FindAsync(s, "nina@house.example"), Ct))!;
        Assert.Equal(("Name of nina", Role.Rep), (nina.Name, nina.Role));
    }

    [Fact]
    public async Task It_never_leads_to_another_site()
    {
        await _server.RepAsync();
        var session = await _provider.PersonAsync("rita", "rita@example.com", verified: true);
        foreach (var next in new[] { "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "/sign-out" })
        {
            Assert.Equal((HttpStatusCode.Found, "/"), await StatusAndToAsync(new(_server), session, next));
        }
    }

    [Fact]
    public async Task What_was_not_begun_here_is_refused_in_plain_words()
    {
        await _server.RepAsync();
        var session = await _provider.PersonAsync("rita", "rita@example.com", verified: true);
        var (begun, stranger) = (new Walk(_server), new Walk(_server));
        var back = (await ToProviderAsync(begun, session)).PathAndQuery;
        foreach (var (walk, path) in new[]
        {
            (stranger, back),   // somebody else's answer: would sign its victim in as another
            (stranger, "/sign-in/openid/back"), (stranger, "/sign-in/openid/back?code=x&state=y"), (begun, back.Replace("code=", "code=x", StringComparison.Ordinal)),
        })
        {
            using var answer = await walk.GetAsync(path);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("The sign-in could not be completed", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            Assert.Null(walk.Session);
        }
        // Cancelled there.
        var state = System.Web.HttpUtility.ParseQueryString((await ToProviderAsync(begun, session)).Query)["state"];
        using var denied = await begun.GetAsync($"/sign-in/openid/back?error=access_denied&state={Uri.EscapeDataString(state!)}");
        Assert.Contains("refused or cancelled", await denied.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_told_and_other_ways_in_stay()
    {
        await _server.RepAsync();
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:OpenId:Authority", "http://127.0.0.1:1"), ("Tracker:OpenId:ClientId", "x"));
        using var page = await server.Http.GetAsync("/sign-in/openid", Ct);
        Assert.Equal(HttpStatusCode.BadGateway, page.StatusCode);
        Assert.Contains("Your company account cannot be reached now", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        // Where it is not set up there is no button, and the address says how.
        await using var bare = await Engine.SqliteAsync();
        await using var without = await TestServer.StartAsync(bare);
        Assert.DoesNotContain("openid", await without.Http.GetStringAsync("/sign-in", Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await without.Http.GetAsync("/sign-in/openid", Ct)).StatusCode);
        Assert.Contains("Sign in with the house account", await _server.Http.GetStringAsync("/sign-in", Ct), StringComparison.Ordinal);
    }
}
