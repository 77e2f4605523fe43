using System.Net;
using System.Text.Json.Nodes;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

public abstract class HotListTests(Func<Task<Engine>> start) : ApiContract(start)
{
    async Task<JsonNode> LookAsync(ApiClient rep, string email, bool click = false, JsonNode? message = null)
    {
        message ??= await rep.MailAsync(Mails.Proposal(email));
        await using var feed = await FeedClient.OpenAsync(rep);
        Assert.Equal("ready", (await feed.NextAsync()).Type);
        await Server.VisitAsync(click ? message.Text("copies", 0, "links", 0, "trackedUrl") : message.Text("copies", 0, "openUrl"));
        await feed.NextAsync("hit");
        return message;
    }

    static IEnumerable<string> Emails(JsonNode list) => list.At("items")!.AsArray().Select(i => i!.Text("email"));

    [Fact]
    public async Task Filters()
    {
        var olga = await Server.RepClientAsync("olga@example.com");
        var all = await Server.ClientAsync(null);
        await LookAsync(Rita, "cool@one.example");
        Server.Time.Advance(TimeSpan.FromHours(1));
        var noon = Server.Time.GetUtcNow();
        await LookAsync(Rita, "hot@one.example", click: true);
        await LookAsync(olga, "olgas@two.example");
        await Rita.MailAsync(Mails.Proposal("never@one.example"));
        Assert.Equal(["hot@one.example", "olgas@two.example", "cool@one.example"], Emails(await all.GetAsync("/prospects/hot")));
        Assert.Equal(["hot@one.example"], Emails(await all.GetAsync("/prospects/hot?minHeat=2")));
        Assert.Equal(["hot@one.example"], Emails(await all.GetAsync("/prospects/hot?limit=1")));
        Assert.Equal(["hot@one.example", "olgas@two.example"], Emails(await all.GetAsync($"/prospects/hot?since={noon:yyyy-MM-ddTHH:mm:ss}Z")));
        Assert.Equal(["hot@one.example", "olgas@two.example"], Emails(await all.GetAsync($"/prospects/hot?since={noon.ToOffset(TimeSpan.FromHours(2)):yyyy-MM-ddTHH:mm:sszzz}")));
        Assert.Equal(["hot@one.example", "cool@one.example"], Emails(await all.GetAsync("/prospects/hot?company=one.example")));
        Assert.Equal(["olgas@two.example"], Emails(await all.GetAsync("/prospects/hot?rep=olga@example.com")));
        Assert.Equal(["hot@one.example", "cool@one.example"], Emails(await Rita.GetAsync("/prospects/hot?rep=rita@example.com")));
        await Rita.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = "cool@one.example", company = "Cool Ltd" }));
        // The whole company bears the name from now on.
        Assert.Equal(["hot@one.example", "cool@one.example"], Emails(await all.GetAsync("/prospects/hot?company=Cool%20Ltd")));
        Assert.Equal(["one.example", "two.example"], (await all.GetAsync("/companies/hot")).At("items")!.AsArray().Select(c => c!.Text("domain")));
        Assert.Equal(["two.example"], (await all.GetAsync("/companies/hot?rep=olga@example.com")).At("items")!.AsArray().Select(c => c!.Text("domain")));
    }

    [Theory]
    [InlineData("/prospects/hot")]
    [InlineData("/companies/hot")]
    public async Task An_unchanged_list_is_not_sent_again_and_a_changed_one_is(string path)
    {
        var message = await LookAsync(Rita, "paul@customer.example");
        async Task<(HttpStatusCode Status, string Tag)> GetAsync(string? known)
        {
            using var response = await Rita.SendAsync(HttpMethod.Get, path, null, known is null ? [] : [("If-None-Match", known)]);
            if (response.StatusCode == HttpStatusCode.NotModified)
            {
                Assert.Empty(await response.Content.ReadAsByteArrayAsync(Ct));
            }
            return (response.StatusCode, response.Headers.ETag!.ToString());
        }
        var (status, tag) = await GetAsync(null);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((HttpStatusCode.NotModified, tag), await GetAsync(tag));
        // As caches send it: weakly, and among others.
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync($"\"other\", W/{tag}")).Status);
        Server.Time.Advance(TimeSpan.FromMinutes(5));
        await LookAsync(Rita, "paul@customer.example", message: message);
        var (again, newer) = await GetAsync(tag);
        Assert.Equal(HttpStatusCode.OK, again);
        Assert.NotEqual(tag, newer);
    }

    [Fact]
    public async Task A_company_bears_the_name_that_a_rep_gave_one_of_its_people()
    {
        await Rita.MailAsync(Mails.Proposal("anna@customer.example"));
        async Task<string?> OfAnnaAsync() => (await Rita.GetAsync("/prospects?email=anna@customer.example")).At("items")!.AsArray().Single()!.Text("company");
        Assert.Equal("customer.example", await OfAnnaAsync());
        await Rita.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = "paul@customer.example", company = "Customer Ltd" }));
        Assert.Equal("Customer Ltd", await OfAnnaAsync());
        // Left out, it stays.
        await Rita.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = "paul@customer.example", name = "Paul" }));
        Assert.Equal("Customer Ltd", await OfAnnaAsync());
    }

    [Fact]
    public async Task Updating_a_prospect_keeps_what_is_left_out()
    {
        async Task<JsonNode> PutAsync(object body) => await Answers.JsonAsync(await Rita.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(body)), HttpStatusCode.OK);
        var made = await PutAsync(new { email = "Paul@Customer.Example", name = "Paul", phone = "+49 30 1", company = "Customer Ltd", timeZone = "Europe/Berlin", externalId = "crm-1", metadata = new { tier = "gold" } });
        Assert.Equal("paul@customer.example", made.Text("email"));
        var updated = await PutAsync(new { email = "paul@customer.example", phone = "+49 30 2" });
        made["phone"] = "+49 30 2";
        Assert.Equal(made.ToJsonString(), updated.ToJsonString());
        Assert.Equal("silver", (await PutAsync(new { email = "paul@customer.example", metadata = new { tier = "silver" } })).Text("metadata", "tier"));
        // A mail to them changes nothing either, but for a name that is in it.
        await Rita.MailAsync(Mails.Proposal("PAUL@customer.example"));
        var after = (await Rita.GetAsync("/prospects?email=PAUL@customer.example")).At("items")!.AsArray().Single()!;
        Assert.Equal(("Paul", "Customer Ltd", "Europe/Berlin", "crm-1"), (after.Text("name"), after.Text("company"), after.Text("timeZone"), after.Text("externalId")));
        Assert.Empty((await Rita.GetAsync("/prospects?email=nobody@customer.example")).At("items")!.AsArray());
    }
}

public sealed class HotListsOnSqlite() : HotListTests(Engine.SqliteAsync);

public sealed class HotListsOnPostgres() : HotListTests(Engine.PostgresAsync);
