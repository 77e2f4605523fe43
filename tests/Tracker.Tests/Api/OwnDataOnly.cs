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
        await olga.PostAsync("/deals", new { prospectId = prompt.Text("prospectId"), plan = "lead" }, HttpStatusCode.Created);
        await olga.PostAsync($"/prospects/{prompt.Text("prospectId")}/referrals", new { referrer = "hidden" }, HttpStatusCode.Created);
        foreach (var list in (string[])["/deals?state=all", "/referrals", "/today", "/export/deals", "/export/prospects", "/export/plans", "/export/planTouches", "/export/obligations", "/export/moves", "/export/referrals"])
        {
            Assert.Contains("hidden", (await olga.GetAsync(list)).ToJsonString(), StringComparison.Ordinal);
            Assert.Empty((await Rita.GetAsync(list)).At("items")!.AsArray());
        }
        foreach (var path in (string[])["/deals/1", "/plans/1", $"/prospects/{prompt.Text("prospectId")}/follow-up", $"/prospects/{prompt.Text("prospectId")}/touches", $"/prospects/{prompt.Text("prospectId")}/plans", $"/prospects/{prompt.Text("prospectId")}/items", $"/messages/{message.Text("id")}", $"/messages/{message.Text("id")}/timeline", $"/prospects/{prompt.Text("prospectId")}", $"/prospects/{prompt.Text("prospectId")}/timeline", $"/prompts/{prompt.Text("id")}", $"/hits/{prompt.Text("hitId")}"])
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
            var page = (await client.GetAsync($"/prospects/{prospect}/timeline")).At("items")!.AsArray();
            Assert.Equal([own.Text("id")], page.Where(i => i!.Text("type") == "message").Select(i => i!.Text("data", "messageId")));
            Assert.Equal([own.Text("copies", 0, "id")], page.Where(i => i!.Text("type") == "hit").Select(i => i!.Text("data", "copyId")));
            var feed = (await FeedAsync(client)).At("items")!.AsArray();
            Assert.Equal([own.Text("id")], feed.Where(i => i!.Text("type") == "hit").Select(i => i!.Text("data", "messageId")));
            Assert.Equal([own.Text("id")], (await client.GetAsync("/messages")).At("items")!.AsArray().Select(i => i!.Text("id")));
        }

        // There is one prompt at a time, the rep's whose mail raised it. That a colleague's mail is read too refreshes it, without telling what it says.
        var prompt = (await Rita.GetAsync("/prompts")).At("items")!.AsArray().Single()!;
        Assert.StartsWith("second look in", prompt.Text("reasons", 0), StringComparison.Ordinal);
        Assert.Equal("reading mail of a colleague of yours", prompt.Text("reasons", 1));
        Assert.Equal(mine.Text("id"), prompt.Text("messageId"));
        Assert.Empty((await olga.GetAsync("/prompts?state=all")).At("items")!.AsArray());
        Assert.Equal("not-found", await Answers.ProblemAsync(
            await olga.SendAsync(HttpMethod.Post, $"/prompts/{prompt.Text("id")}/outcome", Answers.Json(new { outcome = "stop" })), HttpStatusCode.NotFound));
        Assert.DoesNotContain("Rita", (await FeedAsync(olga)).ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("From Olga", (await Rita.GetAsync("/prospects/hot")).ToJsonString() + (await FeedAsync(Rita)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_colleagues_prospect_is_not_taken_over_by_naming_the_address()
    {
        var olga = await Server.RepClientAsync("olga@example.com");
        await Rita.MailAsync(Mails.Proposal());
        Assert.Equal("forbidden", await Answers.ProblemAsync(
            await olga.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = "paul@customer.example", phone = "+1 900 555 0100" })), HttpStatusCode.Forbidden));
        Assert.Null((await Rita.GetAsync("/prospects?email=paul@customer.example")).At("items", 0, "phone"));
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
