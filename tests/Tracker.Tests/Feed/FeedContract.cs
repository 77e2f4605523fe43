using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Feed;

/// <summary>What a reader is told, and whose entries they see.</summary>
public abstract class FeedContract : FeedTest
{
    [Fact]
    public async Task A_reader_is_greeted_at_once_and_begins_now()
    {
        await AppendAsync(0, 3);
        await using var feed = await FeedClient.OpenAsync(Rita);
        var ready = await feed.NextAsync();
        Assert.Equal(("ready", "3", false), (ready.Type, ready.Data.Text("after"), (bool)ready.Data.At("missed")!));
        await AppendAsync(3, 1);
        Assert.Equal(3, NumberOf(await feed.NextAsync("hit")));
    }

    [Fact]
    public async Task After_0_begins_with_the_oldest_and_a_reconnect_counts_more_than_the_address()
    {
        await AppendAsync(0, 5);
        await using var all = await FeedClient.OpenAsync(Rita, query: "?after=0");
        NoGapNoRepeat(await TakeAsync(all, 5), 5);
        await using var again = await FeedClient.OpenAsync(Rita, 4, "?after=0");
        Assert.Equal([4], await TakeAsync(again, 1));
    }

    [Fact]
    public async Task An_idle_stream_shows_signs_of_life()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        await Until.TrueAsync(() => feed.Comments >= 2, "two comments came");
    }

    [Fact]
    public async Task Who_was_away_longer_than_the_feed_is_kept_is_told_so()
    {
        await AppendAsync(0, 10);
        Server.Time.Advance(TimeSpan.FromDays(31));
        await AppendAsync(10, 3);
        await PruneAsync();
        Assert.True(await MissedAsync(4));
        Assert.False(await MissedAsync(10));
        Assert.False(await MissedAsync(12));
        Assert.False(await MissedAsync(0));
    }

    [Fact]
    public async Task Who_was_away_until_all_of_it_was_removed_is_told_so_too()
    {
        await AppendAsync(0, 10);
        Server.Time.Advance(TimeSpan.FromDays(31));
        await PruneAsync();
        Assert.True(await MissedAsync(4));
        Assert.False(await MissedAsync(10));
    }

    [Fact]
    public async Task An_id_from_another_life_of_the_database_does_not_make_a_reader_deaf()
    {
        await AppendAsync(0, 3);
        await using var feed = await FeedClient.OpenAsync(Rita, 1_000_000);
        Assert.True((bool)(await feed.NextAsync("ready")).Data.At("missed")!);
        await AppendAsync(3, 1);
        Assert.Equal(3, NumberOf(await feed.NextAsync("hit")));
    }

    async Task<bool> MissedAsync(long lastId)
    {
        await using var feed = await FeedClient.OpenAsync(Rita, lastId);
        return (bool)(await feed.NextAsync("ready")).Data.At("missed")!;
    }

    [Fact]
    public async Task A_rep_sees_their_own_and_a_key_without_a_rep_sees_all()
    {
        var bob = await Server.RepAsync("bob@example.com", "Bob Rep");
        var bobs = await Server.ClientAsync(bob.Id);
        var everybodys = await Server.ClientAsync(null, Scopes.Read);
        for (var n = 0; n < 20; n++)
        {
            await AppendAsync(n, 1, n % 2 == 0 ? RitaId : bob.Id);
        }
        await using var ritaFeed = await FeedClient.OpenAsync(Rita, 0);
        await using var bobFeed = await FeedClient.OpenAsync(bobs, 0);
        await using var allFeed = await FeedClient.OpenAsync(everybodys, 0);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 2), await TakeAsync(ritaFeed, 10));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 2 + 1), await TakeAsync(bobFeed, 10));
        NoGapNoRepeat(await TakeAsync(allFeed, 20), 20);
    }

    [Fact]
    public async Task A_stop_ends_every_stream_at_once()
    {
        var feeds = new List<FeedClient>();
        for (var i = 0; i < 20; i++)
        {
            feeds.Add(await FeedClient.OpenAsync(Rita));
            await feeds[^1].NextAsync("ready");
        }
        var began = TimeProvider.System.GetTimestamp();
        await Server.DisposeAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
        foreach (var feed in feeds)
        {
            await Assert.ThrowsAnyAsync<Exception>(feed.NextAsync);
            await feed.DisposeAsync();
        }
    }
}

public sealed class FeedOnSqlite : FeedContract
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class FeedOnPostgres : FeedContract
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
