using System.Net;
using System.Text.Json.Nodes;
using Tracker.Tests.Support;

namespace Tracker.Tests.Story;

/// <summary>The main job over real sockets: a mail goes in, the prospect reads, the rep is told, the call is answered. The same on both engines.</summary>
public abstract class MainPath : IAsyncLifetime
{
    Engine _engine = null!;
    TestServer _server = null!;
    ApiClient _rita = null!;

    protected abstract Task<Engine> EngineAsync();

    public async ValueTask InitializeAsync()
    {
        _engine = await EngineAsync();
        _server = await TestServer.StartAsync(_engine);
        _rita = await _server.RepClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_mail_in_a_prompt_out()
    {
        await using var feed = await FeedClient.OpenAsync(_rita);
        Assert.Equal("ready", (await feed.NextAsync()).Type);
        var message = await _rita.MailAsync(Mails.Proposal(), "&metadata.deal=4711");
        var copy = message.At("copies", 0)!;

        await _server.VisitAsync(copy.Text("openUrl"));
        var hit = await feed.NextAsync("hit");
        Assert.True(hit.Data.Text("verdict") == "human", hit.Data.ToJsonString());
        Assert.Equal("4711", hit.Data.Text("metadata", "deal"));
        var raised = await feed.NextAsync("prompt.raised");
        Assert.Equal("paul@customer.example", raised.Data.Text("email"));
        Assert.Equal("4711", raised.Data.Text("metadata", "deal"));

        _server.Time.Advance(TimeSpan.FromMinutes(3));
        await _server.VisitAsync(copy.Text("openUrl"));
        await feed.NextAsync("prompt.refreshed");
        _server.Time.Advance(TimeSpan.FromMinutes(4));
        var click = await _server.VisitAsync(copy.Text("links", 0, "trackedUrl"));
        Assert.Equal("https://example.com/pricing", click.Headers.GetValues("Location").Single());
        var refreshed = await feed.NextAsync("prompt.refreshed");
        Assert.Matches("^third look in [89] minutes, now on the “Pricing” link$", refreshed.Data.Text("reasons", 0));

        var hot = await _rita.GetAsync("/prospects/hot");
        Assert.Equal("paul@customer.example", hot.Text("items", 0, "email"));
        Assert.InRange(hot.At("items", 0, "heat")!.GetValue<double>(), 5.9, 6.0);
        Assert.Equal("customer.example", (await _rita.GetAsync("/companies/hot")).Text("items", 0, "domain"));

        var prompt = (await _rita.GetAsync("/prompts?state=open")).At("items")!.AsArray().Single()!;
        var answered = await _rita.PostAsync($"/prompts/{prompt.Text("id")}/outcome", new { outcome = "voicemail", note = "Left a message." });
        Assert.Equal("answered", answered.Text("state"));
        Assert.Equal("email", answered.Text("nextStep", "kind"));
        Assert.Equal("prompt.closed", (await feed.NextAsync("prompt.closed")).Type);
        Assert.Equal("already-closed", await Answers.ProblemAsync(
            await _rita.SendAsync(HttpMethod.Post, $"/prompts/{prompt.Text("id")}/dismiss", Answers.Json(new { })), HttpStatusCode.Conflict));
        Assert.Equal("email", (await _rita.GetAsync($"/prospects/{prompt.Text("prospectId")}")).Text("owed", 0, "kind"));
    }

    [Fact]
    public async Task A_prompt_nobody_answers_becomes_an_owed_call()
    {
        await using var feed = await FeedClient.OpenAsync(_rita);
        var message = await _rita.MailAsync(Mails.Proposal());
        await _server.VisitAsync(message.Text("copies", 0, "openUrl"));
        var raised = await feed.NextAsync("prompt.raised");

        _server.Time.Advance(TimeSpan.FromMinutes(61));
        var expired = await feed.NextAsync("prompt.expired");
        Assert.Equal(raised.Data.Text("id"), expired.Data.Text("id"));
        var prospect = await _rita.GetAsync($"/prospects/{raised.Data.Text("prospectId")}");
        Assert.Equal("call", prospect.Text("owed", 0, "kind"));
        Assert.Equal("missed call: first look", prospect.Text("owed", 0, "reason"));

        // A call made later answers it all the same.
        await _rita.PostAsync($"/prompts/{raised.Data.Text("id")}/outcome", new { outcome = "stop" });
        Assert.Empty((await _rita.GetAsync($"/prospects/{raised.Data.Text("prospectId")}")).At("owed")!.AsArray());
    }

    [Fact]
    public async Task A_refusal_silences_mail_that_is_already_out()
    {
        await using var feed = await FeedClient.OpenAsync(_rita);
        var copy = (await _rita.MailAsync(Mails.Proposal())).At("copies", 0)!;
        var page = await _server.Http.GetAsync(copy.Text("optOutUrl"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        await _server.VisitAsync(copy.Text("openUrl"));
        await feed.NextAsync("hit");

        var oneClick = await _server.Http.PostAsync(
            copy.Text("optOutUrl"), new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, oneClick.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _server.VisitAsync(copy.Text("openUrl"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await _server.VisitAsync(copy.Text("links", 0, "trackedUrl"))).StatusCode);

        // Another prospect's hit comes after them in the journal; when it is stored, they would have been.
        var other = await _rita.MailAsync(Mails.Proposal("Olga <olga@other.example>"));
        await _server.VisitAsync(other.Text("copies", 0, "openUrl"));
        Assert.Equal("olga@other.example", (await feed.NextAsync("hit")).Data.Text("recipient"));

        var next = (await _rita.MailAsync(Mails.Proposal(subject: "Another"))).At("copies", 0)!;
        Assert.False(next.At("instrumented")!.GetValue<bool>());
        Assert.Equal("the recipient does not want to be tracked", next.Text("reason"));
    }

    [Fact]
    public async Task Machines_are_shown_and_prompt_nobody()
    {
        await using var feed = await FeedClient.OpenAsync(_rita);
        var copy = (await _rita.MailAsync(Mails.Proposal())).At("copies", 0)!;
        await _server.VisitAsync(copy.Text("openUrl"), Browsers.ApplePrefetch, "172.225.10.3", null, ("Accept-Encoding", "gzip, deflate, br"));
        await _server.VisitAsync(copy.Text("openUrl"), Browsers.GmailPrefetch, "66.249.87.12", null, ("Accept-Encoding", "gzip"));
        await _server.VisitAsync(copy.Text("openUrl"), "");
        await _server.VisitAsync(copy.Text("links", 0, "trackedUrl"), method: HttpMethod.Head);
        await _server.VisitAsync(copy.Text("links", 1, "trackedUrl"), headers: [("Sec-Purpose", "prefetch")]);
        for (var i = 0; i < 5; i++)
        {
            var hit = await feed.NextAsync("hit");
            Assert.True(hit.Data.Text("verdict") == "machine", hit.Data.ToJsonString());
            Assert.NotEmpty(hit.Data.At("reasons")!.AsArray());
        }
        Assert.Empty((await _rita.GetAsync("/prompts?state=all")).At("items")!.AsArray());
        Assert.Empty((await _rita.GetAsync("/prospects/hot")).At("items")!.AsArray());

        // A mail proxy is a person's, although bot lists name it.
        await _server.VisitAsync(copy.Text("openUrl"), Browsers.GmailProxy, "66.249.93.55", null, ("Accept-Encoding", "gzip"));
        Assert.Equal("human", (await feed.NextAsync("hit")).Data.Text("verdict"));
        await feed.NextAsync("prompt.raised");
    }

    [Fact]
    public async Task A_stopped_server_has_stored_what_it_acknowledged()
    {
        var copy = (await _rita.MailAsync(Mails.Proposal())).At("copies", 0)!;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _server.VisitAsync(copy.Text("openUrl"))));
        await _server.DisposeAsync();
        _server = await TestServer.StartAsync(_engine);
        var stored = await _server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits"), TestContext.Current.CancellationToken);
        Assert.Equal(200, stored);
    }
}

public sealed class MainPathOnSqlite : MainPath
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class MainPathOnPostgres : MainPath
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
