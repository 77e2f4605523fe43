using Tracker.Access;
using Tracker.Commands.Demo;
using Tracker.Tests.Support;

namespace Tracker.Tests.Commands;

/// <summary>The demo goes the same ways as everybody: what it says must be taken.</summary>
public sealed class DemoTests : IAsyncLifetime
{
    Engine _engine = null!;
    TestServer _server = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await Engine.SqliteAsync();
        _server = await TestServer.StartAsync(_engine);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Every_answer_of_the_day_is_taken()
    {
        foreach (var rep in Cast.Reps)
        {
            await _server.RepAsync(rep.Email, rep.Name);
        }
        var client = await _server.ClientAsync(null, Scopes.Send, Scopes.Read);
        using var api = new DemoApi(_server.Address.ToString().TrimEnd('/'), client.Key);
        var player = new DemoPlayer(api, _server.Time);
        await player.PrepareAsync(Ct);
        await using var feed = await FeedClient.OpenAsync(client);
        var answers = SalesDay.Moments.OfType<Answer>().ToList();
        Assert.NotEmpty(answers);
        for (var i = 0; i < answers.Count; i++)
        {
            // Somebody must have read, or there would be nothing to answer.
            await player.PlayAsync(new Visit(0, answers[i].About, Visitors.Outlook($"198.51.{i}.14")), Ct);
            await feed.NextAsync("prompt.raised");
            await player.PlayAsync(answers[i], Ct);
        }
        var answered = (await client.GetAsync("/prompts?state=answered"))["items"]!.AsArray();
        Assert.Equal(answers.Select(a => a.Outcome).Order(), answered.Select(p => p!.Text("outcome")).Order());
    }

    [Fact]
    public async Task The_next_demo_begins_anew_in_the_same_folder()
    {
        var folder = Directory.CreateTempSubdirectory("tracker-demo-").FullName;
        try
        {
            for (var i = 0; i < 2; i++)
            {
                using var held = DemoFolder.Prepare(folder);
                await using var server = await TestServer.StartAsync(_engine, null, ("Tracker:DataFolder", folder));
                Assert.Equal(0, await server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from reps"), Ct));
                await server.RepAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
