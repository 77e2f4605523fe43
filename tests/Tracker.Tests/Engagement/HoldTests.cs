using System.Text.Json.Nodes;
using Tracker.Tests.Signals;
using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

/// <summary>What the feed shows while a decision waits, after a restart, and when later evidence turns it round.</summary>
public abstract class HoldTests : ServerContract
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(90);

    async Task RestartAsync()
    {
        await Server.DisposeAsync();
        Server = await TestServer.StartAsync(Engine, Server.Time);
        Rita = new(Server.Address, Rita.Key);
    }

    async Task<string[]> PromptsAsync() => [.. (await Rita.GetAsync("/prompts")).At("items")!.AsArray().Select(p => p!.Text("state"))];

    [Fact]
    public async Task A_held_click_is_on_the_feed_at_once_outlives_a_restart_and_prompts_when_it_is_due()
    {
        Server.Time.Stop();
        var copy = await CopyAsync("ann@customer.example", Fresh + TimeSpan.FromSeconds(20));
        await using var feed = await FeedClient.OpenAsync(Rita);
        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"));
        var shown = await feed.NextAsync("hit");
        Assert.Equal("checking", shown.Data.Text("verdict"));
        Assert.Contains("whether more links follow", shown.Data.Text("reasons", 0), StringComparison.Ordinal);

        await RestartAsync();
        await using var resumed = await FeedClient.OpenAsync(Rita, shown.Id);
        Server.Time.Advance(TimeSpan.FromSeconds(6));
        var judged = await resumed.NextAsync("hit.judged");
        Assert.Equal((shown.Data.Text("hitId"), "human"), (judged.Data.Text("hitId"), judged.Data.Text("verdict")));
        Assert.Equal(shown.Data.Text("hitId"), (await resumed.NextAsync("prompt.raised")).Data.Text("hitId"));
        Assert.Equal(["open"], await PromptsAsync());
    }

    [Fact]
    public async Task A_held_click_that_a_second_link_gives_away_raises_nothing()
    {
        Server.Time.Stop();
        var copy = await CopyAsync("ann@customer.example", Fresh);
        await using var feed = await FeedClient.OpenAsync(Rita);
        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"));
        await feed.NextAsync("hit");
        await Server.VisitAsync(copy.Text("links", 1, "trackedUrl"));
        Assert.Equal("machine", (await feed.NextAsync("hit.judged")).Data.Text("verdict"));
        Server.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(["machine", "machine"], Verdicts(await HitsAsync(copy, 2)));
        Assert.Empty(await PromptsAsync());
    }

    [Fact]
    public async Task A_late_burst_takes_its_prompt_back_for_all_to_see()
    {
        Server.Time.Stop();
        var copy = await CopyAsync("ann@customer.example", TimeSpan.FromHours(5));
        await using var feed = await FeedClient.OpenAsync(Rita);
        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"));
        var raised = await feed.NextAsync("prompt.raised");
        Server.Time.Advance(TimeSpan.FromMilliseconds(400));
        await Server.VisitAsync(copy.Text("links", 1, "trackedUrl"));
        Assert.Equal("machine", (await feed.NextAsync("hit.judged")).Data.Text("verdict"));
        Assert.Equal(raised.Data.Text("id"), (await feed.NextAsync("prompt.withdrawn")).Data.Text("id"));
        Assert.Empty(await PromptsAsync());
        Assert.Equal(0, (double)(await Rita.GetAsync($"/prospects/{copy.Text("prospectId")}"))["heat"]!, 6);
    }

    [Fact]
    public async Task An_unknown_look_raises_nothing_and_is_explained_by_a_later_one_from_the_same_address()
    {
        Server.Time.Stop();
        var copy = await CopyAsync("ann@customer.example", TimeSpan.Zero);
        await using var feed = await FeedClient.OpenAsync(Rita);
        await Server.VisitAsync(copy.Text("openUrl"), Make.Outlook, "203.0.113.9");
        var unknown = await feed.NextAsync("hit");
        Assert.Equal("unknown", unknown.Data.Text("verdict"));
        Assert.Empty(await PromptsAsync());
        Assert.Equal(0, (double)(await Rita.GetAsync($"/prospects/{copy.Text("prospectId")}"))["heat"]!);

        Server.Time.Advance(TimeSpan.FromMinutes(20));
        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"), Make.Edge, "203.0.113.9");
        var explained = await feed.NextAsync("hit.judged");
        Assert.Equal((unknown.Data.Text("hitId"), "human"), (explained.Data.Text("hitId"), explained.Data.Text("verdict")));
        Assert.Contains("explained by a later visit", explained.Data.Text("reasons", 0), StringComparison.Ordinal);
        Assert.Equal(["open"], await PromptsAsync());
        var opinions = (await Rita.GetAsync($"/hits/{unknown.Data.Text("hitId")}")).At("opinions")!.AsArray();
        Assert.Equal(["too-soon", "same-person"], Speaking(opinions).Intersect(["too-soon", "same-person"]));
    }

    static IEnumerable<string> Speaking(JsonArray opinions) => opinions.Where(o => o!.At("verdict") is not null).Select(o => o!.Text("rule"));
}

public sealed class SqliteHolds : HoldTests
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class PostgresHolds : HoldTests
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
