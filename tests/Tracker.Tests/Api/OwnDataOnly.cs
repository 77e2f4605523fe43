using System.Net;
using System.Text.Json.Nodes;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Two reps, one database: each sees their own. Whom both write to they share, and the prompt with them, but not each other's mail and hits.</summary>
public abstract class OwnDataOnly(Func<Task<Engine>> start) : ApiContract(start)
{
    static readonly string[] Lists =
        ["/messages", "/prospects", "/prospects/hot", "/companies/hot", "/prompts?state=all", "/prospects?email=secret@hidden.example", "/prospects/hot?company=hidden.example", "/prospects/hot?minHeat=0"];

    static async Task<JsonNode> FeedAsync(ApiClient client, string query = "") =>
        await Answers.JsonAsync(await client.SendAsync(HttpMethod.Get, "/feed" + query, null, ("Accept", "application/json")), HttpStatusCode.OK);

    [Fact]
    public async Task Nothing_of_Olgas_is_seen_by_Rita()
    {
        var olga = await Server.RepClientAsync("olga@example.com");
        var message = await olga.MailAsync(Mails.Proposal("Secret <secret@hidden.example>", "Olgas mail"), "&metadata.deal=hidden");
        await Server.VisitAsync(message.Text("copies", 0, "links", 0, "trackedUrl"));
        await Until.TrueAsync(async () => (await olga.GetAsync("/prompts")).At("items")!.AsArray().Count == 1, "Olga is prompted");
        foreach (var list in Lists)
        {
            Assert.Contains("hidden", list == "/companies/hot" || list.Contains("hot", StringComparison.Ordinal) ? (await olga.GetAsync(list)).ToJsonString() : "hidden", StringComparison.Ordinal);
            Assert.Empty((await Rita.GetAsync(list)).At("items")!.AsArray());
        }
        Assert.Empty((await FeedAsync(Rita, "?metadata.deal=hidden")).At("items")!.AsArray());
        Assert.Empty((await FeedAsync(Rita)).At("items")!.AsArray());
        var prompt = (await olga.GetAsync("/prompts")).At("items", 0)!;
        foreach (var path in (string[])[$"/messages/{message.Text("id")}", $"/messages/{message.Text("id")}/timeline", $"/prospects/{prompt.Text("prospectId")}", $"/prospects/{prompt.Text("prospectId")}/timeline", $"/prompts/{prompt.Text("id")}", $"/hits/{prompt.Text("hitId")}"])
        {
            await olga.GetAsync(path);
            Assert.Equal("not-found", await Answers.ProblemAsync(await Rita.SendAsync(HttpMethod.Get, path), HttpStatusCode.NotFound));
        }
        Assert.Equal("forbidden", await Answers.ProblemAsync(await Rita.SendAsync(HttpMethod.Get, "/prospects/hot?rep=olga@example.com"), HttpStatusCode.Forbidden));
        Assert.Equal("forbidden", await Answers.ProblemAsync(await Rita.SendAsync(HttpMethod.Get, "/prospects/hot?rep=nobody@example.com"), HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task A_stream_carries_nobody_elses_entries()
    {
        var olga = await Server.RepClientAsync("olga@example.com");
        await using var feed = await FeedClient.OpenAsync(Rita);
        await Server.VisitAsync((await olga.MailAsync(Mails.Proposal("Secret <secret@hidden.example>"))).Text("copies", 0, "openUrl"));
        await Until.TrueAsync(async () => (await olga.GetAsync("/prompts")).At("items")!.AsArray().Count == 1, "Olga is prompted");
        await Server.VisitAsync((await Rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl"));
        Assert.Equal("ready", (await feed.NextAsync()).Type);
        var hit = await feed.NextAsync();
        Assert.Equal(("hit", "paul@customer.example"), (hit.Type, hit.Data.Text("recipient")));
        Assert.Equal("paul@customer.example", (await feed.NextAsync()).Data.Text("email"));
    }

    [Fact]
    public async Task Whom_both_write_to_they_share_but_not_each_others_mail()
    {
        var olga = await Server.RepClientAsync("olga@example.com");
        var hers = await olga.MailAsync(Mails.Proposal(subject: "From Olga"));
        var mine = await Rita.MailAsync(Mails.Proposal(subject: "From Rita"));
        var prospect = mine.Text("copies", 0, "prospectId");
        Assert.Equal(prospect, hers.Text("copies", 0, "prospectId"));
        await Server.VisitAsync(mine.Text("copies", 0, "openUrl"));
        Server.Time.Advance(TimeSpan.FromMinutes(1));
        await Server.VisitAsync(hers.Text("copies", 0, "openUrl"));
        await Until.TrueAsync(async () => (await Rita.GetAsync($"/prospects/{prospect}")).At("looks")!.GetValue<long>() == 2, "both looks are counted");
        foreach (var (client, own) in new[] { (olga, hers), (Rita, mine) })
        {
            Assert.Single((await client.GetAsync("/prompts")).At("items")!.AsArray());
            var page = (await client.GetAsync($"/prospects/{prospect}/timeline")).At("items")!.AsArray();
            Assert.Equal([own.Text("id")], page.Where(i => i!.Text("type") == "message").Select(i => i!.Text("data", "messageId")));
            Assert.Equal([own.Text("copies", 0, "id")], page.Where(i => i!.Text("type") == "hit").Select(i => i!.Text("data", "copyId")));
            var feed = (await FeedAsync(client)).At("items")!.AsArray();
            Assert.Equal([own.Text("id")], feed.Where(i => i!.Text("type") == "hit").Select(i => i!.Text("data", "messageId")));
            Assert.Contains(feed, i => i!.Text("type") == "prompt.raised");
            Assert.Equal([own.Text("id")], (await client.GetAsync("/messages")).At("items")!.AsArray().Select(i => i!.Text("id")));
        }
    }

    [Fact]
    public async Task A_company_is_told_without_naming_other_reps_prospects()
    {
        var olga = await Server.RepClientAsync("olga@example.com");
        await Rita.MailAsync(Mails.Proposal("quiet@customer.example"));
        await Server.VisitAsync((await olga.MailAsync(Mails.Proposal("reader@customer.example"))).Text("copies", 0, "openUrl"));
        await Until.TrueAsync(async () => (await Rita.GetAsync("/companies/hot")).At("items")!.AsArray().Count == 1, "the company is hot");
        Assert.Contains("reader@customer.example", (await olga.GetAsync("/companies/hot")).Text("items", 0, "reasons", 0), StringComparison.Ordinal);
        // The one whom Rita writes to has not read anything, so is not said to.
        Assert.Equal("1 person reading", (await Rita.GetAsync("/companies/hot")).Text("items", 0, "reasons", 0));
    }
}

public sealed class OwnDataOnlyOnSqlite() : OwnDataOnly(Engine.SqliteAsync);

public sealed class OwnDataOnlyOnPostgres() : OwnDataOnly(Engine.PostgresAsync);
