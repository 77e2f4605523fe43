using System.Net;
using System.Text.Json.Nodes;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Switches;

/// <summary>Links that are out are stopped and led elsewhere: through the API, from a file, without the database, on every server.</summary>
public sealed class SwitchTests() : ApiContract(Engine.SqliteAsync)
{
    const string Right = "https://example.com/the-right-page?a=b&c=%26";

    Task<HttpResponseMessage> PostAsync(string what, object body, ApiClient? client = null) => (client ?? Rita).SendAsync(HttpMethod.Post, "/links/" + what, Answers.Json(body));

    async Task<JsonNode> OkAsync(string what, object body, ApiClient? client = null) => await Answers.JsonAsync(await PostAsync(what, body, client), HttpStatusCode.OK);

    async Task<(HttpStatusCode Status, string? Location)> FollowAsync(JsonNode message, int link = 0)
    {
        using var answer = await Server.VisitAsync(message.Text("copies", 0, "links", link, "trackedUrl"));
        return (answer.StatusCode, answer.Headers.TryGetValues("Location", out var location) ? location.Single() : null);
    }

    Task<long> HitsAsync() => Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits"), Ct);

    [Fact]
    public async Task A_stopped_message_answers_410_with_a_plain_page_and_its_hits_are_recorded()
    {
        var (stopped, other) = (await Rita.MailAsync(Mails.Proposal()), await Rita.MailAsync(Mails.Proposal("anna@customer.example")));
        Assert.Equal("message 1", (await OkAsync("stop", new { message = stopped.Text("id"), reason = "wrong price" })).Text("name"));
        using var page = await Server.VisitAsync(stopped.Text("copies", 0, "links", 0, "trackedUrl"));
        Assert.Equal((HttpStatusCode.Gone, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.Contains("switched off", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Null(page.Headers.Location);
        Assert.Equal("no-store", page.Headers.CacheControl!.ToString());
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var head = await Server.VisitAsync(stopped.Text("copies", 0, "links", 0, "trackedUrl"), method: HttpMethod.Head);
        Assert.Equal((HttpStatusCode.Gone, page.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal(HttpStatusCode.OK, (await Server.VisitAsync(stopped.Text("copies", 0, "openUrl"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await FollowAsync(other)).Status);
        await Until.TrueAsync(async () => await HitsAsync() == 4, "all four hits are stored");
        Assert.Equal("wrong price", (await Rita.GetAsync("/links/rules")).Text("items", 0, "reason"));
        await OkAsync("resume", new { message = stopped.Text("id") });
        Assert.Equal(HttpStatusCode.Found, (await FollowAsync(stopped)).Status);
        Assert.Empty((await Rita.GetAsync("/links/rules")).At("items")!.AsArray());
        Assert.Equal("not-found", await Answers.ProblemAsync(await PostAsync("resume", new { message = stopped.Text("id") }), HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_wrong_link_that_is_out_leads_to_the_right_page_byte_for_byte()
    {
        var message = await Rita.MailAsync(Mails.Proposal());
        var tracked = message.Text("copies", 0, "links", 0, "trackedUrl");
        await OkAsync("replace", new { url = tracked, replacement = Right });
        Assert.Equal((HttpStatusCode.Found, Right), await FollowAsync(message));
        await OkAsync("replace", new { message = message.Text("id"), link = 0, replacement = Right + "2" });
        Assert.Equal((HttpStatusCode.Found, Right + "2"), await FollowAsync(message));
        await OkAsync("stop", new { copy = message.Text("copies", 0, "id"), link = 0 });
        Assert.Equal(HttpStatusCode.Gone, (await FollowAsync(message)).Status);
    }

    [Fact]
    public async Task A_stopped_rep_stops_what_is_out_and_nothing_more_is_tracked()
    {
        var admin = await Server.ClientAsync(null, Access.Scopes.Send, Access.Scopes.Read, Access.Scopes.Admin);
        var message = await Rita.MailAsync(Mails.Proposal());
        await OkAsync("stop", new { rep = "Rita@example.com" }, admin);
        Assert.Equal(HttpStatusCode.Gone, (await FollowAsync(message)).Status);
        var next = await Rita.MailAsync(Mails.Proposal("anna@customer.example"));
        Assert.Equal((false, "the links of this rep are stopped"), (next.At("copies", 0, "instrumented")!.GetValue<bool>(), next.Text("copies", 0, "reason")));
        Assert.Equal("cannot-track", await Answers.ProblemAsync(
            await Rita.SendAsync(HttpMethod.Post, "/links", Answers.Json(new { recipient = new { email = "a@b.example" }, url = Right })), HttpStatusCode.UnprocessableEntity));
        await OkAsync("resume", new { rep = "rita@example.com" }, admin);
        Assert.Equal(HttpStatusCode.Found, (await FollowAsync(message)).Status);
    }

    [Fact]
    public async Task A_stopped_host_stops_every_link_to_it_and_needs_an_admin()
    {
        Assert.Equal("forbidden", await Answers.ProblemAsync(await PostAsync("stop", new { host = "example.com" }), HttpStatusCode.Forbidden));
        var message = await Rita.MailAsync(Mails.Proposal());
        var host = new Uri(message.Text("copies", 0, "links", 0, "url")).Host;
        await OkAsync("stop", new { host = host.ToUpperInvariant() }, await Server.ClientAsync(null, Access.Scopes.Send, Access.Scopes.Admin));
        Assert.Equal(HttpStatusCode.Gone, (await FollowAsync(message)).Status);
    }

    [Fact]
    public async Task What_is_wrong_is_told_and_others_links_are_nobodys_to_touch()
    {
        var message = (await Rita.MailAsync(Mails.Proposal())).Text("id");
        var olga = await Server.RepClientAsync("olga@example.com");
        Assert.Equal("not-found", await Answers.ProblemAsync(await PostAsync("stop", new { message }, olga), HttpStatusCode.NotFound));
        foreach (var body in new object[] { new { }, new { message, copy = "1" }, new { link = 1 }, new { host = "https://example.com/" }, new { message, link = -1 }, new { message, replacement = Right } })
        {
            Assert.Equal("invalid-parameter", await Answers.ProblemAsync(await PostAsync("stop", body, await Server.ClientAsync(null, Access.Scopes.Send, Access.Scopes.Admin)), HttpStatusCode.BadRequest));
        }
        foreach (var replacement in new[] { null, "", "javascript:alert(1)", "//evil.example/", "https://e.example/\r\nX: y", "ftp://example.com/" })
        {
            Assert.Equal("invalid-parameter", await Answers.ProblemAsync(await PostAsync("replace", new { message, link = 0, replacement }), HttpStatusCode.BadRequest));
        }
        await OkAsync("stop", new { message });
        Assert.Empty((await olga.GetAsync("/links/rules")).At("items")!.AsArray());
    }

    string File_ => Path.Combine(Engine.DataFolder, "link-rules.json");

    [Fact]
    public async Task A_file_edited_by_hand_holds_at_once_and_a_damaged_one_leaves_the_rules_as_they_were()
    {
        var message = await Rita.MailAsync(Mails.Proposal());
        var copy = new Uri(message.Text("copies", 0, "links", 0, "trackedUrl")).AbsolutePath[3..];
        await OkAsync("stop", new { url = copy });
        var text = await File.ReadAllTextAsync(File_, Ct);
        await File.WriteAllTextAsync(File_, text[..^10], Ct);
        await Until.TrueAsync(async () => (await Server.Http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.ServiceUnavailable, "readiness tells of the damaged file");
        Assert.Contains(File_, await (await Server.Http.GetAsync("/health/ready", Ct)).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await FollowAsync(message)).Status);
        await File.WriteAllTextAsync(File_, text.Replace("\"link\": 0", "\"link\": 0, \"replacement\": \"" + Right + "\"", StringComparison.Ordinal), Ct);
        await Until.TrueAsync(async () => await FollowAsync(message) == (HttpStatusCode.Found, Right), "the file written by hand is in force");
        await File.WriteAllTextAsync(File_, (await File.ReadAllTextAsync(File_, Ct)).Replace(Right, "javascript:alert(1)", StringComparison.Ordinal), Ct);
        await Until.TrueAsync(async () => (await Server.Http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.ServiceUnavailable, "readiness tells of the wrong address");
        Assert.Equal((HttpStatusCode.Found, Right), await FollowAsync(message));
    }

    [Fact]
    public async Task It_holds_after_a_restart_and_without_the_database()
    {
        var message = await Rita.MailAsync(Mails.Proposal());
        await OkAsync("replace", new { message = message.Text("id"), link = 0, replacement = Right });
        var path = new Uri(message.Text("copies", 0, "links", 0, "trackedUrl")).PathAndQuery;
        await RestartAsync();
        Assert.Equal(Right, (await Server.VisitAsync(path)).Headers.Location!.OriginalString);
        await Server.DisposeAsync();
        await using var away = await TestServer.LaunchAsync(Engine, null, ("ConnectionStrings:Tracker", "Host=127.0.0.1;Port=1;Username=x"));
        Assert.Equal(Right, (await away.VisitAsync(path)).Headers.Location!.OriginalString);
    }
}

/// <summary>Two servers on one database act alike, each on its own file.</summary>
public sealed class SwitchExchangeTests
{
    [Fact]
    public async Task A_decision_reaches_the_other_server_and_so_does_taking_it_back()
    {
        await using var engine = await Engine.PostgresAsync();
        var second = Directory.CreateTempSubdirectory("tracker-test-").FullName;
        await using var one = await TestServer.StartAsync(engine);
        File.Copy(Path.Combine(engine.DataFolder, "keyring.json"), Path.Combine(second, "keyring.json"));
        await using (var two = await TestServer.StartAsync(engine, null, ("Tracker:DataFolder", second), ("Tracker:Node", "1")))
        {
            var rita = await one.RepClientAsync();
            var message = await rita.MailAsync(Mails.Proposal());
            var path = new Uri(message.Text("copies", 0, "links", 0, "trackedUrl")).PathAndQuery;
            await Answers.JsonAsync(await rita.SendAsync(HttpMethod.Post, "/links/stop", Answers.Json(new { message = message.Text("id") })), HttpStatusCode.OK);
            await Until.TrueAsync(async () => (await two.VisitAsync(path)).StatusCode == HttpStatusCode.Gone, "the other server has it");
            var there = new ApiClient(two.Address, rita.Key);
            await Answers.JsonAsync(await there.SendAsync(HttpMethod.Post, "/links/resume", Answers.Json(new { message = message.Text("id") })), HttpStatusCode.OK);
            await Until.TrueAsync(async () => (await one.VisitAsync(path)).StatusCode == HttpStatusCode.Found, "the first server has it back");
        }
        Directory.Delete(second, recursive: true);
    }
}
