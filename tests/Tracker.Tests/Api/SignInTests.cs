using System.Net;
using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

public sealed class SignInTests : IAsyncLifetime
{
    static readonly (string, string)[] Form = [("email", "Ada@Example.com"), ("name", "Ada Admin")];

    Engine _engine = null!;
    TestServer _server = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await Engine.SqliteAsync();
        _server = await TestServer.StartAsync(_engine);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
    }

    async Task<IReadOnlyList<Rep>> RepsAsync() => await _server.Database.ReadAsync(Reps.ListAsync, Ct);

    async Task<HttpStatusCode> AsAsync(string cookie, string path = "/api/v1/messages") => (await _server.WithCookieAsync(cookie, HttpMethod.Get, path)).StatusCode;

    [Fact]
    public async Task The_first_link_makes_the_first_administrator_once()
    {
        var link = await _server.LinkAsync(null);
        // Looking, as link previews and scanners do, uses nothing up.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await _server.Http.GetAsync(link, Ct)).StatusCode);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.UseLinkAsync(link)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.UseLinkAsync(link, ("email", "ada"), ("name", "Ada"))).StatusCode);
        Assert.Empty(await RepsAsync());

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _server.UseLinkAsync(link, ("email", $"ada{i}@example.com"), ("name", "Ada"))));
        Assert.Single(all, r => r.StatusCode == HttpStatusCode.Found);
        Assert.Equal(7, all.Count(r => r.StatusCode == HttpStatusCode.Gone));
        Assert.True(Assert.Single(await RepsAsync()).IsAdmin);
        Assert.Equal(HttpStatusCode.Gone, (await _server.Http.GetAsync(link, Ct)).StatusCode);
    }

    [Fact]
    public async Task There_is_no_other_way_to_an_administrator()
    {
        Assert.Equal(HttpStatusCode.Gone, (await _server.UseLinkAsync("/sign-in/" + Secrets.New(), Form)).StatusCode);
        var old = await _server.LinkAsync(null);
        var first = await _server.LinkAsync(null);
        Assert.Equal(HttpStatusCode.Gone, (await _server.UseLinkAsync(old, Form)).StatusCode);
        // Somebody was added meanwhile: the first-start link is void, and so is one made for nobody later.
        await _server.RepAsync();
        Assert.Equal(HttpStatusCode.Gone, (await _server.UseLinkAsync(first, Form)).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await _server.UseLinkAsync(await _server.LinkAsync(null), Form)).StatusCode);
        // A rep's own link signs in as that rep, whatever the form says.
        var rita = (await RepsAsync()).Single();
        using var used = await _server.UseLinkAsync(await _server.LinkAsync(rita.Id), [.. Form, ("isAdmin", "true"), ("is_admin", "1")]);
        Assert.Equal(HttpStatusCode.Found, used.StatusCode);
        Assert.Equal(rita, Assert.Single(await RepsAsync()));
        var cookie = used.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var metrics = await _server.WithCookieAsync(cookie, HttpMethod.Get, "/metrics", null, ("X-Forwarded-For", "198.51.100.7"));
        Assert.Equal(HttpStatusCode.Forbidden, metrics.StatusCode);
    }

    [Fact]
    public async Task A_link_ends_after_a_day_and_after_one_use()
    {
        var rita = await _server.RepAsync();
        var (used, late) = (await _server.LinkAsync(rita.Id), await _server.LinkAsync(rita.Id));
        Assert.Equal(HttpStatusCode.Found, (await _server.UseLinkAsync(used)).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await _server.UseLinkAsync(used)).StatusCode);
        _server.Time.Advance(SignIn.LinkLifetime);
        Assert.Equal(HttpStatusCode.Gone, (await _server.Http.GetAsync(late, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await _server.UseLinkAsync(late)).StatusCode);
    }

    [Fact]
    public async Task A_session_ends_on_sign_out_and_after_a_week()
    {
        var rita = await _server.RepAsync();
        var (one, other) = (await _server.CookieAsync(rita.Id), await _server.CookieAsync(rita.Id));
        Assert.Equal(HttpStatusCode.OK, await AsAsync(one));
        using var elsewhere = await _server.WithCookieAsync(one, HttpMethod.Post, "/sign-out", null, ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.OK, await AsAsync(one));
        using var signedOut = await _server.WithCookieAsync(one, HttpMethod.Post, "/sign-out", null, ("Sec-Fetch-Site", "same-origin"));
        Assert.Contains("expires=Thu, 01 Jan 1970", signedOut.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        // Ended on the server, not only forgotten by the browser; and only this one.
        Assert.Equal(HttpStatusCode.Unauthorized, await AsAsync(one));
        Assert.Equal(HttpStatusCode.OK, await AsAsync(other));
        _server.Time.Advance(SignIn.SessionLifetime);
        Assert.Equal(HttpStatusCode.Unauthorized, await AsAsync(other));
    }

    [Theory]
    [InlineData("http", "tracker=")]
    [InlineData("https", "__Host-tracker=")]
    public async Task The_cookie_is_kept_from_scripts_and_other_sites(string scheme, string name)
    {
        var rita = await _server.RepAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, await _server.LinkAsync(rita.Id));
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", scheme);
        using var response = await _server.Http.SendAsync(request, Ct);
        var parts = response.Headers.GetValues("Set-Cookie").Single().Split("; ");
        Assert.StartsWith(name, parts[0], StringComparison.Ordinal);
        string[] secure = scheme == "https" ? ["secure"] : [];
        Assert.Equal(["max-age=604800", "path=/", .. secure, "samesite=lax", "httponly"], parts[1..]);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_visit_from_the_browser_that_is_signed_in_is_the_reps_own(string scheme)
    {
        var rita = await _server.RepAsync();
        var client = await _server.ClientAsync(rita.Id);
        var session = (await _server.CookieAsync(rita.Id)).Split('=')[1];
        Assert.Equal(HttpStatusCode.OK, await AsAsync($"tracker={session}"));
        await using var feed = await FeedClient.OpenAsync(client);
        var url = (await client.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl");
        var name = scheme == "https" ? "__Host-tracker" : "tracker";

        async Task<string> SeenAsAsync(string token)
        {
            await _server.VisitAsync(url, headers: [.. Browsers.ImageHeaders, ("X-Forwarded-Proto", scheme), ("Cookie", $"{name}={token}")]);
            var hit = await feed.NextAsync("hit");
            return (await client.GetAsync($"/hits/{hit.Data.Text("hitId")}")).Text("facts", "ownVisit");
        }

        Assert.Equal("browser", await SeenAsAsync(session));
        // Whoever else has a cookie of that name is not hidden by it, however well it looks.
        Assert.Equal("none", await SeenAsAsync("x"));
        Assert.Equal("none", await SeenAsAsync(new string('A', 42) + "E"));
        using var signedOut = await _server.WithCookieAsync($"tracker={session}", HttpMethod.Post, "/sign-out", null, ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal("none", await SeenAsAsync(session));
    }
}
