using System.Net;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>A key that asks too much is told when to come back; nobody else notices, pixels and pages least of all.</summary>
public sealed class RateLimitTests
{
    const int Limit = 5, Anonymous = 60;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<List<HttpStatusCode>> AskAsync(ApiClient client, int times)
    {
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < times; i++)
        {
            using var answer = await client.SendAsync(HttpMethod.Get, "/prompts");
            answers.Add(answer.StatusCode);
        }
        return answers;
    }

    [Fact]
    public async Task A_key_over_its_limit_is_told_so_and_others_are_not()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:Api:RequestsPerMinute", $"{Limit}"));
        var (greedy, modest) = (await server.RepClientAsync(), await server.ClientAsync(null));
        Assert.All(await AskAsync(greedy, Limit), a => Assert.Equal(HttpStatusCode.OK, a));
        using var refused = await greedy.SendAsync(HttpMethod.Get, "/prompts");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("too-many-requests", await Answers.ProblemAsync(refused, HttpStatusCode.TooManyRequests));
        Assert.All(await AskAsync(modest, Limit), a => Assert.Equal(HttpStatusCode.OK, a));
        for (var i = 0; i < 2 * Limit; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/live", Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync("/c/forged", Ct)).StatusCode);
        }
    }

    [Fact]
    public async Task Guessing_keys_is_slow()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine);
        var answers = await AskAsync(new(server.Address, "eet_live_wrong"), 3 * Anonymous);
        Assert.InRange(answers.Count(a => a == HttpStatusCode.Unauthorized), Anonymous, 2 * Anonymous);
        Assert.All(answers, a => Assert.True(a is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests));
    }
}
