using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Access;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Outbound;
using Tracker.SetUp;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Team;

/// <summary>What an administrator does on the pages of settings, and what follows from it.</summary>
public abstract partial class SettingsContract(Func<Task<Engine>> start) : ApiContract(start)
{
    Rep _ada = null!;
    string _cookie = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _ada = await Server.RepAsync("ada@example.com", "Ada Admin", role: Role.Admin);
        _cookie = await Server.CookieAsync(_ada.Id);
    }

    Task<(HttpStatusCode Status, string Text)> PostAsync(string path, params (string Name, string Value)[] form) => Server.PostFormAsync(_cookie, path, form);

    Task<(HttpStatusCode Status, string Text)> PostAsAsync(string cookie, string path, (string, string)[] headers, params (string Name, string Value)[] form) => Server.PostFormAsync(cookie, path, form, headers);

    async Task<HttpStatusCode> GetAsync(string cookie, string path) => (await Server.WithCookieAsync(cookie, HttpMethod.Get, path)).StatusCode;

    static string Once(string text) => OnceValue().Match(text).Groups[1].Value;

    [Fact]
    public async Task Somebody_new_gets_a_link_once_and_can_be_put_out_at_once()
    {
        var (status, text) = await PostAsync("/settings/team", ("email", "Nina@example.com"), ("name", "Nina New"), ("role", "manager"));
        Assert.Equal(HttpStatusCode.OK, status);
        var link = Once(text);
        using var used = await Server.UseLinkAsync(new Uri(link).AbsolutePath);
        var nina = used.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await GetAsync(nina, "/hot"));
        var rep = (await Server.Database.ReadAsync(s => Reps.FindAsync(s, "nina@example.com"), Ct))!;
        Assert.Equal(Role.Manager, rep.Role);
        var key = await Server.ClientAsync(rep.Id);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("/settings/team", ("email", "nina@example.com"), ("name", "Another"))).Status);

        var waiting = await Server.LinkAsync(rep.Id);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync($"/settings/team/{rep.Id}/leave")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(nina, "/api/v1/messages"));
        Assert.Equal(HttpStatusCode.Found, await GetAsync(nina, "/hot"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await key.SendAsync(HttpMethod.Get, "/messages")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await Server.UseLinkAsync(waiting)).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await Server.UseLinkAsync(await Server.LinkAsync(rep.Id))).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await PostAsync($"/settings/team/{rep.Id}/return")).Status);
        Assert.Equal(HttpStatusCode.Found, (await Server.UseLinkAsync(new Uri(Once((await PostAsync($"/settings/team/{rep.Id}/link")).Text)).AbsolutePath)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await key.SendAsync(HttpMethod.Get, "/messages")).StatusCode);
    }

    [Fact]
    public async Task The_last_administrator_can_neither_leave_nor_step_down()
    {
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync($"/settings/team/{_ada.Id}/leave")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync($"/settings/team/{_ada.Id}", ("name", "Ada"), ("role", "rep"))).Status);
        var other = await Server.RepAsync("bea@example.com", "Bea", role: Role.Admin);
        await PostAsync($"/settings/team/{_ada.Id}", ("name", "Ada"), ("role", "rep"));
        Assert.Equal(Role.Rep, (await Server.Database.ReadAsync(s => Reps.FindAsync(s, _ada.Id), Ct))!.Role);
        // From the next request on.
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(_cookie, "/settings/team"));
        Assert.Equal(Role.Admin, (await Server.Database.ReadAsync(s => Reps.FindAsync(s, other.Id), Ct))!.Role);
    }

    [Fact]
    public async Task A_manager_sees_the_teams_prospects_on_every_list_and_a_rep_their_own()
    {
        await Rita.MailAsync(Mails.Proposal("Paul Prospect <paul@customer.example>", "Only for Rita"));
        var mona = await Server.CookieAsync((await Server.RepAsync("mona@example.com", "Mona", role: Role.Manager)).Id);
        var olga = await Server.CookieAsync((await Server.RepAsync("olga@example.com", "Olga")).Id);
        foreach (var path in new[] { "/mails", "/api/v1/messages", "/api/v1/prospects" })
        {
            async Task<bool> SeesAsync(string cookie)
            {
                using var response = await Server.WithCookieAsync(cookie, HttpMethod.Get, path);
                return (await response.Content.ReadAsStringAsync(Ct)) is var text && (text.Contains("Only for Rita", StringComparison.Ordinal) || text.Contains("paul@customer.example", StringComparison.Ordinal));
            }
            Assert.True(await SeesAsync(mona), path);
            Assert.True(await SeesAsync(_cookie), path);
            Assert.False(await SeesAsync(olga), path);
        }
        // Who sees all still writes in their own name only.
        using var mine = await Server.WithCookieAsync(mona, HttpMethod.Post, "/api/v1/links", Answers.Json(new { recipient = new { email = "x@customer.example" }, url = "https://example.com/" }), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.Created, mine.StatusCode);
        using var hers = await Server.WithCookieAsync(mona, HttpMethod.Post, "/api/v1/links?rep=rita@example.com", Answers.Json(new { recipient = new { email = "x@customer.example" }, url = "https://example.com/" }), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.Forbidden, hers.StatusCode);
    }

    [Fact]
    public async Task A_key_is_shown_once_works_and_ends_when_it_is_revoked()
    {
        var (status, text) = await PostAsync("/settings/keys", ("name", "CRM"), ("scope", "read"), ("rep", "rita@example.com"));
        Assert.Equal(HttpStatusCode.OK, status);
        var client = new ApiClient(Server.Address, Once(text));
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "/messages")).StatusCode);
        await client.PostAsync("/links", new { recipient = new { email = "x@customer.example" }, url = "https://example.com/" }, HttpStatusCode.Forbidden);
        using var again = await Server.WithCookieAsync(_cookie, HttpMethod.Get, "/settings/keys");
        var page = await again.Content.ReadAsStringAsync(Ct);
        Assert.DoesNotContain(client.Key, page, StringComparison.Ordinal);
        Assert.Contains(client.Key[..8], page, StringComparison.Ordinal);
        var id = (await Server.Database.ReadAsync(ApiKeys.ListAsync, Ct)).Single(k => k.Name == "CRM").Id;
        await PostAsync($"/settings/keys/{id}/revoke");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(HttpMethod.Get, "/messages")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/settings/keys", ("name", ""), ("scope", "read"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/settings/keys", ("name", "x"), ("scope", "root"))).Status);
    }

    [Fact]
    public async Task Another_reps_session_ends_from_the_team_page()
    {
        var rita = await Server.RepAsync();
        var theirs = await Server.CookieAsync(rita.Id);
        var id = Assert.Single(await Server.Database.ReadAsync(s => Sessions.ListAsync(s, rita.Id, null, Server.Time.GetUtcNow()), Ct)).Id;
        // Only as hers: an id and a rep that do not belong together end nothing.
        await PostAsync($"/settings/team/{_ada.Id}/sessions", ("id", id));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(theirs, "/account"));
        await PostAsync($"/settings/team/{rita.Id}/sessions", ("id", id));
        Assert.Equal(HttpStatusCode.Found, await GetAsync(theirs, "/account"));
    }

    [Fact]
    public async Task Where_I_am_now_is_the_offices_from_the_next_look_on_and_after_a_restart_without_the_database()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var url = (await Rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl");
        async Task<string> SeenAsAsync(string address)
        {
            await Server.VisitAsync(url, address: address);
            var hit = await feed.NextAsync("hit");
            return (await Rita.GetAsync($"/hits/{hit.Data.Text("hitId")}")).Text("facts", "ownVisit");
        }
        Assert.Equal("none", await SeenAsAsync("198.51.100.20"));
        var (status, text) = await PostAsAsync(_cookie, "/settings/networks/here", [("X-Forwarded-For", "198.51.100.20")], ("note", "office"));
        Assert.True(status == HttpStatusCode.OK, text);
        Assert.Equal("network", await SeenAsAsync("198.51.100.20"));
        Assert.Equal("none", await SeenAsAsync("198.51.100.21"));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/settings/networks", ("network", "2001:db8:77::/48"), ("note", ""))).Status);

        // The file alone: a server that starts while the database is away.
        await Server.DisposeAsync();
        var offices = Path.Combine(Engine.DataFolder, "office-networks.json");
        Assert.Equal("""["198.51.100.20/32","2001:db8:77::/48"]""", await File.ReadAllTextAsync(offices, Ct));
        Server = await TestServer.StartAsync(Engine, Server.Time);
        Assert.True(Server.Services.GetRequiredService<OfficeNetworks>().Contains(IPAddress.Parse("2001:db8:77::5")));

        await PostAsync("/settings/networks/remove", ("network", "198.51.100.20/32"));
        Assert.False(Server.Services.GetRequiredService<OfficeNetworks>().Contains(IPAddress.Parse("198.51.100.20")));
    }

    [Theory]
    [InlineData("0.0.0.0/0", "wider than an office")]
    [InlineData("10.0.0.0/8", "wider than an office")]
    [InlineData("::/0", "wider than an office")]
    [InlineData("127.0.0.1", "this machine itself")]
    [InlineData("<b>x</b>", "no address or network")]
    [InlineData("203.0.113.0/33", "no address or network")]
    [InlineData("1", "no address or network")]
    public async Task What_would_hide_prospects_is_no_office(string network, string why)
    {
        var (status, text) = await PostAsync("/settings/networks", ("network", network), ("note", ""));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(why, text, StringComparison.Ordinal);
        // Where I am is loopback here.
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/settings/networks/here")).Status);
        Assert.Empty(await Server.Database.ReadAsync(OfficeNetworks.ListAsync, Ct));
    }

    [Fact]
    public async Task Only_an_administrator_changes_where_a_reps_links_lead()
    {
        var rita = await Server.RepAsync();
        var theirs = await Server.CookieAsync(rita.Id);
        Assert.Equal(HttpStatusCode.OK, (await PostAsAsync(theirs, "/settings", [], ("track", "clicks"), ("trackingUrl", "http://127.0.0.9"))).Status);
        Assert.Equal(("clicks", null), await OptionsAsync());
        Assert.Equal(HttpStatusCode.OK, (await PostAsync($"/settings/team/{rita.Id}/mail", ("track", ""), ("trackingUrl", "http://127.0.0.9/"))).Status);
        Assert.Equal((null, "http://127.0.0.9"), await OptionsAsync());
        Assert.Equal(HttpStatusCode.OK, (await PostAsAsync(theirs, "/settings", [], ("track", "off"))).Status);
        Assert.Equal(("off", "http://127.0.0.9"), await OptionsAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync($"/settings/team/{rita.Id}/mail", ("trackingUrl", "javascript:alert(1)"))).Status);

        async Task<(string?, string?)> OptionsAsync()
        {
            var options = await Server.Database.ReadAsync(s => RepOptions.OfAsync(s, rita.Id), Ct);
            return (options.Track, options.TrackingUrl);
        }
    }

    [Fact]
    public async Task The_set_up_check_fetches_a_pixel_and_a_click_and_nothing_is_recorded()
    {
        var findings = await Server.Services.GetRequiredService<SetUpChecks>().RunAsync(Server.Time.GetUtcNow().AddMinutes(7), Ct);
        var states = findings.ToDictionary(f => f.Name, f => f.State);
        Assert.Equal(FindingState.Fine, states["Pixel"]);
        Assert.Equal(FindingState.Fine, states["Click"]);
        Assert.Equal(FindingState.Fine, states["Proxy"]);
        Assert.Equal(FindingState.Fine, states["Database"]);
        Assert.Equal(FindingState.Fine, states["Journal"]);
        Assert.Equal(FindingState.Note, states["Public address"]);
        Assert.Equal(FindingState.Wrong, states["Your clock"]);
        Assert.Contains(findings, f => f.Text.Contains("7 minutes ahead", StringComparison.Ordinal));
        Assert.All(findings.Where(f => f.State == FindingState.Wrong), f => Assert.NotEmpty(f.WayOut!));
        Assert.Equal(0, Server.Services.GetRequiredService<HitJournal>().Status.Recorded);
        Assert.Equal(0, await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits"), Ct));
        var (status, text) = await PostAsync("/settings/check", ("now", "99999999999999999999"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("A click comes through", text, StringComparison.Ordinal);
    }

    [GeneratedRegex("id=\"once\"[^>]* value=\"([^\"]+)\"")]
    private static partial Regex OnceValue();
}

public sealed class SettingsOnSqlite() : SettingsContract(Engine.SqliteAsync);

public sealed class SettingsOnPostgres() : SettingsContract(Engine.PostgresAsync);
