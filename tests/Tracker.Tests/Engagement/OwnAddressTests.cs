using System.Net;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

/// <summary>Looks from where a rep's page is used today are the rep's own: for that rep's mail, and from an address that tells somebody apart.</summary>
public sealed class OwnAddressTests : ServerContract
{
    const string Office = "203.0.113.50";

    int _people;

    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();

    async Task<string> SeenAsAsync(ApiClient whose, string address)
    {
        var copy = (await whose.MailAsync(Mails.Proposal($"person{++_people}@customer.example"), sentAt: Server.Time.GetUtcNow().AddHours(-5))).At("copies", 0)!;
        await using var feed = await FeedClient.OpenAsync(whose);
        await Server.VisitAsync(copy.Text("openUrl"), address: address);
        var hit = await whose.GetAsync($"/hits/{(await feed.NextAsync("hit")).Data.Text("hitId")}");
        var own = hit.Text("facts", "ownVisit");
        Assert.True(own == "none" || hit.Text("verdict") == "machine", own);
        return own;
    }

    async Task UsePageAsync(string cookie, string address, string path = "/")
    {
        using var answer = await Server.WithCookieAsync(cookie, HttpMethod.Get, path, null, ("X-Forwarded-For", address));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Only_the_reps_own_address_hides_looks_and_only_at_the_reps_own_mail()
    {
        var cookie = await Server.CookieAsync((await Server.RepAsync()).Id);
        Assert.Equal("none", await SeenAsAsync(Rita, Office));
        await UsePageAsync(cookie, Office);
        Assert.Equal("network", await SeenAsAsync(Rita, Office));
        Assert.Equal("none", await SeenAsAsync(Rita, "203.0.113.51"));
        Assert.Equal("none", await SeenAsAsync(await Server.RepClientAsync("olga@example.com"), Office));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("172.17.0.1")]   // a container's bridge, where everybody comes from
    [InlineData("192.168.1.5")]
    [InlineData("172.225.10.4")]   // Apple's relay
    public async Task An_address_that_others_share_hides_nobody(string address)
    {
        await UsePageAsync(await Server.CookieAsync((await Server.RepAsync()).Id), address);
        Assert.Equal("none", await SeenAsAsync(Rita, address));
    }

    [Fact]
    public async Task A_page_that_stays_open_over_midnight_is_noted_again_when_it_asks_for_news()
    {
        var cookie = await Server.CookieAsync((await Server.RepAsync()).Id);
        await UsePageAsync(cookie, Office);
        Server.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("none", await SeenAsAsync(Rita, Office));
        await UsePageAsync(cookie, Office, "/now/live?after=0");
        Assert.Equal("network", await SeenAsAsync(Rita, Office));
    }
}
