using System.Net;
using Microsoft.Playwright;
using Tracker.Access;
using Tracker.Tests.Api;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>Whose session, key or role ends is out at once, with what is open: nothing waits for the look every half minute, because the server's clock stands still here.</summary>
public abstract class StreamEndContract(Func<Task<Engine>> start) : ApiContract(start)
{
    Rep _rita = null!, _ada = null!;
    string _ritas = "", _adas = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (_rita, _ada) = ((await Server.Database.ReadAsync(s => Reps.FindAsync(s, "rita@example.com"), Ct))!, await Server.RepAsync("ada@example.com", "Ada Admin", role: Role.Admin));
        (_ritas, _adas) = (await Server.CookieAsync(_rita.Id), await Server.CookieAsync(_ada.Id));
    }

    async Task<FeedClient> StreamAsync(string cookie)
    {
        var client = new ApiClient(Server.Address, "");
        client.Http.DefaultRequestHeaders.Clear();
        client.Http.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", cookie);
        var feed = await FeedClient.OpenAsync(client);
        await feed.NextAsync("ready");
        return feed;
    }

    static string IdOf(string cookie) => Secrets.HashOf(Uri.UnescapeDataString(cookie.Split('=')[1]));

    public static TheoryData<string> Ways => ["deactivated", "session ended by an administrator", "session ended by its rep", "password changed elsewhere", "signed out"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_stream_ends_with_the_session(string how)
    {
        await using var feed = await StreamAsync(_ritas);
        await using var another = await StreamAsync(_adas);
        var elsewhere = await Server.CookieAsync(_rita.Id);
        var (status, text) = how switch
        {
            "deactivated" => await Server.PostFormAsync(_adas, $"/settings/team/{_rita.Id}/leave", []),
            "session ended by an administrator" => await Server.PostFormAsync(_adas, $"/settings/team/{_rita.Id}/sessions", [("id", IdOf(_ritas))]),
            "session ended by its rep" => await Server.PostFormAsync(elsewhere, "/account/sessions", [("id", IdOf(_ritas))]),
            "password changed elsewhere" => await Server.PostFormAsync(elsewhere, "/account/password", [("wanted", "correct horse battery staple")]),
            _ => await Server.PostFormAsync(_ritas, "/sign-out", []),
        };
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Found, text);
        await Until.TrueAsync(() => feed.HasEnded, "the stream has ended");
        Assert.False(another.HasEnded);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Server.WithCookieAsync(_ritas, HttpMethod.Get, "/api/v1/feed")).StatusCode);
    }

    [Fact]
    public async Task The_stream_ends_with_the_key()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        await feed.NextAsync("ready");
        var id = Assert.Single(await Server.Database.ReadAsync(ApiKeys.ListAsync, Ct)).Id;
        await Server.PostFormAsync(_adas, $"/settings/keys/{id}/revoke", []);
        await Until.TrueAsync(() => feed.HasEnded, "the stream has ended");
    }

    [Fact]
    public async Task A_manager_who_becomes_a_rep_sees_the_teams_feed_no_longer()
    {
        var mona = await Server.RepAsync("mona@example.com", "Mona Manager", role: Role.Manager);
        await using var feed = await StreamAsync(await Server.CookieAsync(mona.Id));
        await Server.PostFormAsync(_adas, $"/settings/team/{mona.Id}", [("name", "Mona"), ("role", "rep")]);
        await Until.TrueAsync(() => feed.HasEnded, "the stream has ended");
    }
}

public sealed class StreamEndsOnSqlite() : StreamEndContract(Engine.SqliteAsync);

public sealed class StreamEndsOnPostgres() : StreamEndContract(Engine.PostgresAsync);

/// <summary>The same on the screen.</summary>
public sealed class SignedOutPageTests(PageBrowser browser) : PageTest(browser)
{
    [Fact]
    public async Task A_page_of_a_rep_who_is_put_out_says_so_at_once_and_shows_nothing_new()
    {
        var (rita, client) = await RepAsync();
        var ada = await Server.RepAsync("ada@example.com", "Ada Admin", role: Role.Admin);
        var mail = await MailAsync(client);
        var page = await SignedInAsync(rita.Id);
        await page.RunAndWaitForResponseAsync(() => page.GotoAsync("/"), r => r.Url.Contains("/api/v1/feed", StringComparison.Ordinal));
        var (status, text) = await Server.PostFormAsync(await Server.CookieAsync(ada.Id), $"/settings/team/{rita.Id}/leave", []);
        Assert.True(status == HttpStatusCode.OK, text);
        await Expect(page.Locator("#link-state")).ToHaveTextAsync("You are signed out. Sign in again");
        await Server.VisitAsync(mail.OpenUrl);
        await page.ReloadAsync();
        await Expect(page).ToHaveURLAsync(Address("/sign-in"));
    }
}
