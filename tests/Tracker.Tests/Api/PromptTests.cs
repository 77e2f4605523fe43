using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

public abstract class PromptTests(Func<Task<Engine>> start) : ApiContract(start)
{
    FeedClient _feed = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _feed = await FeedClient.OpenAsync(Rita);
        await _feed.NextAsync("ready");
    }

    async Task<JsonNode> LookAsync(JsonNode message, int copy = 0, bool click = false)
    {
        await Server.VisitAsync(click ? message.Text("copies", copy, "links", 0, "trackedUrl") : message.Text("copies", copy, "openUrl"), address: $"198.51.100.{copy + 7}");
        return (await _feed.NextAsync("hit")).Data;
    }

    async Task<JsonNode> RaisedAsync(JsonNode? message = null)
    {
        await LookAsync(message ?? await Rita.MailAsync(Mails.Proposal()));
        return (await _feed.NextAsync("prompt.raised")).Data;
    }

    async Task<int> PromptsAsync(string state) => (await Rita.GetAsync($"/prompts?state={state}")).At("items")!.AsArray().Count;

    string In(TimeSpan span) => (Server.Time.GetUtcNow() + span).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_prospect_has_one_live_prompt_however_many_mails_they_open_at_once()
    {
        var urls = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var message = await Rita.MailAsync(Mails.Proposal(subject: $"Mail {i}", text: $"Text {i}"));
            urls.AddRange([message.Text("copies", 0, "openUrl"), message.Text("copies", 0, "links", 0, "trackedUrl")]);
        }
        await Task.WhenAll(urls.Select(u => Server.VisitAsync(u)));
        await Until.TrueAsync(() => Server.Database.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from hits") == urls.Count, Ct), "every hit is stored");
        Assert.Equal(1, await PromptsAsync("all"));
        Assert.Equal(0, await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits_set_aside"), Ct));
    }

    [Fact]
    public async Task A_snoozed_prompt_wakes()
    {
        var id = (await RaisedAsync()).Text("id");
        var snoozed = await Rita.PostAsync($"/prompts/{id}/snooze", new { until = In(TimeSpan.FromHours(3)) });
        Assert.Equal("snoozed", snoozed.Text("state"));
        Assert.Equal("snoozed", (await _feed.NextAsync("prompt.refreshed")).Data.Text("state"));
        Assert.Equal((0, 1), (await PromptsAsync("open"), await PromptsAsync("live")));
        // Longer than a prompt lives: silence was asked for, so it is not missed meanwhile.
        Server.Time.Advance(TimeSpan.FromHours(3));
        var awake = await _feed.NextAsync("prompt.refreshed");
        Assert.Equal((id, "open"), (awake.Data.Text("id"), awake.Data.Text("state")));
        Server.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(id, (await _feed.NextAsync("prompt.expired")).Data.Text("id"));
    }

    [Fact]
    public async Task Dismissed_and_rated_it_is_closed_and_the_next_look_raises_another()
    {
        var message = await Rita.MailAsync(Mails.Proposal());
        var id = (await RaisedAsync(message)).Text("id");
        Assert.False((await Rita.PostAsync($"/prompts/{id}/rating", new { right = false })).At("right")!.GetValue<bool>());
        var closed = await Rita.PostAsync($"/prompts/{id}/dismiss", new { reason = "Our own visit." });
        Assert.Equal(("dismissed", "Our own visit.", false), (closed.Text("state"), closed.Text("note"), closed.At("right")!.GetValue<bool>()));
        foreach (var (action, body) in new (string, object)[] { ("outcome", new { outcome = "stop" }), ("snooze", new { until = In(TimeSpan.FromHours(1)) }), ("dismiss", new { }), ("rating", new { right = true }) })
        {
            using var answer = await Rita.SendAsync(HttpMethod.Post, $"/prompts/{id}/{action}", Answers.Json(body));
            Assert.Equal("already-closed", await Answers.ProblemAsync(answer, HttpStatusCode.Conflict));
        }
        Server.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotEqual(id, (await RaisedAsync(message)).Text("id"));
        Assert.Equal(1, await PromptsAsync("live"));
    }

    [Fact]
    public async Task Eleven_people_with_one_text_prompt_from_a_click_or_when_they_come_back()
    {
        var message = await Rita.MailAsync(Mails.Proposal(string.Join(", ", Enumerable.Range(0, 11).Select(i => $"p{i}@customer.example"))));
        for (var i = 0; i < 3; i++)
        {
            await LookAsync(message, i);
        }
        Assert.Equal(0, await PromptsAsync("all"));
        await LookAsync(message, 0, click: true);
        Assert.Equal("p0@customer.example", (await _feed.NextAsync("prompt.raised")).Data.Text("email"));
        Server.Time.Advance(TimeSpan.FromMinutes(31));
        await LookAsync(message, 1);
        Assert.Equal("p1@customer.example", (await _feed.NextAsync("prompt.raised")).Data.Text("email"));
        // Ten people are not a mailing; the same text one by one is.
        var ten = await Rita.MailAsync(Mails.Proposal(string.Join(", ", Enumerable.Range(0, 10).Select(i => $"q{i}@customer.example")), text: "Another text."));
        await LookAsync(ten);
        Assert.Equal("q0@customer.example", (await _feed.NextAsync("prompt.raised")).Data.Text("email"));
        var eleventh = await Rita.MailAsync(Mails.Proposal("q10@customer.example", text: "Another text."));
        await LookAsync(eleventh);
        Assert.Equal(0, (await Rita.GetAsync("/prompts?state=all")).At("items")!.AsArray().Count(p => p!.Text("email") == "q10@customer.example"));
    }

    [Theory]
    [InlineData("prospects")]
    [InlineData("messages")]
    public async Task What_is_muted_prompts_nobody_and_still_counts(string what)
    {
        var message = await Rita.MailAsync(Mails.Proposal());
        var (prospect, id) = (message.Text("copies", 0, "prospectId"), what == "messages" ? message.Text("id") : message.Text("copies", 0, "prospectId"));
        Assert.True((await Rita.PostAsync($"/{what}/{id}/mute")).At("muted")!.GetValue<bool>());
        await LookAsync(message, click: true);
        Assert.Equal(0, await PromptsAsync("all"));
        Assert.InRange((await Rita.GetAsync($"/prospects/{prospect}")).At("heat")!.GetValue<double>(), 3.9, 4.1);
        Assert.False((await Rita.PostAsync($"/{what}/{id}/unmute")).At("muted")!.GetValue<bool>());
        Server.Time.Advance(TimeSpan.FromMinutes(2));
        await RaisedAsync(message);
    }

    [Fact]
    public async Task A_missed_call_is_owed_until_a_later_outcome_settles_it()
    {
        var message = await Rita.MailAsync(Mails.Proposal());
        var missed = (await RaisedAsync(message)).Text("id");
        Server.Time.Advance(TimeSpan.FromMinutes(61));
        await _feed.NextAsync("prompt.expired");
        using var snooze = await Rita.SendAsync(HttpMethod.Post, $"/prompts/{missed}/snooze", Answers.Json(new { until = In(TimeSpan.FromHours(1)) }));
        Assert.Equal("already-closed", await Answers.ProblemAsync(snooze, HttpStatusCode.Conflict));
        var raised = await RaisedAsync(message);
        Assert.NotEqual(missed, raised.Text("id"));
        Assert.Equal("call", (await Rita.GetAsync($"/prospects/{raised.Text("prospectId")}")).Text("owed", 0, "kind"));
        await Rita.PostAsync($"/prompts/{raised.Text("id")}/outcome", new { outcome = "connected", nextStep = new { kind = "email", at = In(TimeSpan.FromDays(2)), reason = "send the contract" } });
        var owed = (await Rita.GetAsync($"/prospects/{raised.Text("prospectId")}")).At("owed")!.AsArray().Single()!;
        Assert.Equal(("email", "send the contract"), (owed.Text("kind"), owed.Text("reason")));
        // One call answers both, and whoever listens learns it of both.
        Assert.Equal("answered", (await Rita.GetAsync($"/prompts/{missed}")).Text("state"));
        var closed = new[] { await _feed.NextAsync("prompt.closed"), await _feed.NextAsync("prompt.closed") };
        Assert.Equal(new[] { missed, raised.Text("id") }.Order(), closed.Select(c => c.Data.Text("id")).Order());
    }
}

public sealed class PromptsOnSqlite() : PromptTests(Engine.SqliteAsync);

public sealed class PromptsOnPostgres() : PromptTests(Engine.PostgresAsync);
