using System.Globalization;
using System.Net;
using Tracker.Storage;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.Api;

/// <summary>The same POST sent again, because an answer got lost, does nothing twice.</summary>
public abstract class IdempotencyTests(Func<Task<Engine>> start) : ApiContract(start)
{
    const string Link = """{"recipient":{"email":"paul@customer.example"},"url":"https://example.com/"}""";

    Task<HttpResponseMessage> PostAsync(string path, string? body, string key) => Rita.SendAsync(HttpMethod.Post, path, Answers.Json(body), (Idempotency.Header, key));

    Task<long> CountAsync(string table) => Server.Database.ReadAsync(s => s.ScalarAsync<long>($"select count(*) from {table}"), Ct);

    async Task<string> PromptAsync()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        await Server.VisitAsync((await Rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl"));
        return (await feed.NextAsync("prompt.raised")).Data.Text("id");
    }

    [Fact]
    public async Task Every_post_answers_the_same_twice()
    {
        var prompt = await PromptAsync();
        await FollowUpRequests.SetUpAsync(Rita);
        await Server.RepAsync("olga@example.com");
        await DeliveryAsync(await Rita.GetAsync("/messages/1"));
        var before = Server.Time.GetUtcNow().AddHours(-1).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        var soon = Server.Time.GetUtcNow().AddHours(1).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        (string Path, string? Body)[] posts =
        [
            ("/messages", """{"from":"rita@example.com","to":["anna@customer.example"],"html":"<a href='https://example.com/'>x</a>"}"""), ("/links", Link),
            ("/links/stop", """{"message":"1"}"""), ("/links/resume", """{"message":"1"}"""), ("/links/replace", """{"message":"1","link":0,"replacement":"https://example.com/new"}"""),
            // Long before the look: had it gone, or been open here, at the time of the look, the prompt would be taken back while the others ask.
            ("/messages/1/sent", $$"""{"at":"{{before}}"}"""), ("/messages/1/viewed", $$"""{"at":"{{before}}"}"""), ("/messages/1/mute", null), ("/messages/1/unmute", null), ("/prospects/1/mute", null), ("/prospects/1/unmute", null),
            ($"/prompts/{prompt}/rating", """{"right":true}"""), ($"/prompts/{prompt}/snooze", $$"""{"until":"{{soon}}"}"""),
            ($"/prompts/{prompt}/outcome", """{"outcome":"connected"}"""), ($"/prompts/{prompt}/dismiss", "{}"), ($"/prompts/{prompt}/hand", """{"rep":"olga@example.com"}"""),
            ("/deliveries/1/cancel", null),
            // The plan's end is the last word on it.
            .. FollowUpRequests.Bodies.Where(b => b.Key.StartsWith("POST ", StringComparison.Ordinal)).OrderBy(b => b.Key.EndsWith("/end", StringComparison.Ordinal) ? 1 : b.Key.EndsWith("/park", StringComparison.Ordinal) ? 2 : b.Key.EndsWith("/plans", StringComparison.Ordinal) ? 3 : b.Key.EndsWith("/move", StringComparison.Ordinal) ? -1 : 0)
                .Select(b => (new ApiRoute("POST", b.Key["POST ".Length..]).At("1"), b.Value)),
        ];
        var known = ApiRoutes.Of(Server).Where(r => r.Method == "POST" && r.Pattern.StartsWith("/api/v1", StringComparison.Ordinal)).Select(r => r.At("1")["/api/v1".Length..]);
        Assert.Equal(known.Order(), posts.Select(p => p.Path.Replace($"prompts/{prompt}", "prompts/1", StringComparison.Ordinal)).Order());
        foreach (var (path, body) in posts)
        {
            using var first = await PostAsync(path, body, path);
            var state = await StateAsync();
            Server.Time.Advance(TimeSpan.FromSeconds(5));
            using var second = await PostAsync(path, body, path);
            Assert.True(first.IsSuccessStatusCode || path.EndsWith("/dismiss", StringComparison.Ordinal) || path.EndsWith("/hand", StringComparison.Ordinal), $"{path}: {first.StatusCode}");
            Assert.Equal((first.StatusCode, await first.Content.ReadAsStringAsync(Ct)), (second.StatusCode, await second.Content.ReadAsStringAsync(Ct)));
            Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
            Assert.Equal(first.Headers.Location, second.Headers.Location);
            Assert.Equal("true", second.Headers.GetValues(Idempotency.ReplayHeader).Single());
            Assert.Equal(state, await StateAsync());
        }
    }

    async Task<string> StateAsync()
    {
        var counts = new List<long>();
        foreach (var table in (string[])["messages", "copies", "prospects", "obligations", "feed"])
        {
            counts.Add(await CountAsync(table));
        }
        return string.Join(' ', counts) + (await Rita.GetAsync("/messages/1")).ToJsonString() + (await Rita.GetAsync("/prompts/1")).ToJsonString();
    }

    [Fact]
    public async Task Another_request_with_the_same_key_is_refused()
    {
        await Answers.JsonAsync(await PostAsync("/links", Link, "k"), HttpStatusCode.Created);
        Assert.Equal("idempotency-key-reused", await Answers.ProblemAsync(await PostAsync("/links", Link.Replace("paul", "anna", StringComparison.Ordinal), "k"), HttpStatusCode.UnprocessableEntity));
        Assert.Equal("idempotency-key-reused", await Answers.ProblemAsync(await PostAsync("/links?rep=rita@example.com", Link, "k"), HttpStatusCode.UnprocessableEntity));
        Assert.Equal("invalid-parameter", await Answers.ProblemAsync(await PostAsync("/links", Link, new('k', 201)), HttpStatusCode.BadRequest));
        // Somebody else's key is somebody else's.
        var olga = await Server.RepClientAsync("olga@example.com");
        await Answers.JsonAsync(await olga.SendAsync(HttpMethod.Post, "/links", Answers.Json(Link), (Idempotency.Header, "k")), HttpStatusCode.Created);
        Assert.Equal(2, await CountAsync("messages"));
    }

    [Fact]
    public async Task Fifty_at_once_have_one_effect()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync("/links", Link, "burst")));
        Assert.Equal(1, await CountAsync("messages"));
        var created = answers.Where(a => a.StatusCode == HttpStatusCode.Created).ToList();
        Assert.Single(created, a => !a.Headers.Contains(Idempotency.ReplayHeader));
        Assert.Single((await Task.WhenAll(created.Select(a => a.Content.ReadAsStringAsync(Ct)))).Distinct());
        foreach (var answer in answers.Except(created))
        {
            Assert.Equal("request-in-progress", await Answers.ProblemAsync(answer, HttpStatusCode.Conflict));
            Assert.NotNull(answer.Headers.RetryAfter);
        }
    }

    [Fact]
    public async Task It_holds_after_a_restart_and_for_a_day()
    {
        var first = await Answers.JsonAsync(await PostAsync("/links", Link, "k"), HttpStatusCode.Created);
        await RestartAsync();
        Assert.Equal(first.Text("messageId"), (await Answers.JsonAsync(await PostAsync("/links", Link, "k"), HttpStatusCode.Created)).Text("messageId"));
        Server.Time.Advance(Idempotency.Kept + TimeSpan.FromMinutes(1));
        Assert.NotEqual(first.Text("messageId"), (await Answers.JsonAsync(await PostAsync("/links", Link, "k"), HttpStatusCode.Created)).Text("messageId"));
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        Task RenameAsync(string from, string to) => Server.Database.WriteAsync(s => s.ExecuteAsync($"alter table {from} rename to {to}"), Ct);
        await RenameAsync("links", "links_away");
        Assert.Equal("internal", await Answers.ProblemAsync(await PostAsync("/links", Link, "k"), HttpStatusCode.InternalServerError));
        await RenameAsync("links_away", "links");
        using var again = await PostAsync("/links", Link, "k");
        await Answers.JsonAsync(again, HttpStatusCode.Created);
        Assert.False(again.Headers.Contains(Idempotency.ReplayHeader));
        Assert.Equal(1, await CountAsync("messages"));
    }

    [Fact]
    public async Task A_refusal_can_be_mended_under_the_same_key()
    {
        Assert.Equal("invalid-json", await Answers.ProblemAsync(await PostAsync("/links", "{", "k"), HttpStatusCode.BadRequest));
        await Answers.JsonAsync(await PostAsync("/links", Link, "k"), HttpStatusCode.Created);
    }
}

public sealed class IdempotencyOnSqlite() : IdempotencyTests(Engine.SqliteAsync);

public sealed class IdempotencyOnPostgres() : IdempotencyTests(Engine.PostgresAsync);
