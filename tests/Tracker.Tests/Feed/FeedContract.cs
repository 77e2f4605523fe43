using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tracker.Access;
using Tracker.Feed;
using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Feed;

/// <summary>Whoever reads the feed misses nothing, sees nothing twice, and holds nobody up.</summary>
public abstract class FeedContract : IAsyncLifetime
{
    Engine _engine = null!;
    TestServer _server = null!;
    ApiClient _rita = null!;
    long _ritaId;

    protected abstract Task<Engine> EngineAsync();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await EngineAsync();
        _server = await TestServer.StartAsync(_engine, null, ("Tracker:Feed:KeepAliveSeconds", "1"), ("Tracker:Api:RequestsPerMinute", "1000000"));
        _ritaId = (await _server.RepAsync()).Id;
        _rita = await _server.ClientAsync(_ritaId);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _server.DisposeAsync();
            await _engine.DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }

    Task AppendAsync(int from, int count, long? rep = null, string padding = "") => _server.Database.WriteAsync(s => ((FeedLog)_server.Services.GetService(typeof(FeedLog))!).AppendAsync(
        s, [.. Enumerable.Range(from, count).Select(n => new FeedEntry("hit", _server.Time.GetUtcNow(), rep ?? _ritaId, null, null, new { n, padding }))]), Ct);

    Task PruneAsync() => _server.Services.GetServices<IHostedService>().OfType<Web.Housekeeping>().Single().RunAsync(Ct);

    static int NumberOf(FeedEvent e) => (int)e.Data.At("n")!;

    static async Task<List<int>> TakeAsync(FeedClient feed, int count)
    {
        var numbers = new List<int>();
        while (numbers.Count < count)
        {
            numbers.Add(NumberOf(await feed.NextAsync("hit")));
        }
        return numbers;
    }

    static void NoGapNoRepeat(IReadOnlyList<int> numbers, int count) => Assert.Equal(Enumerable.Range(0, count), numbers);

    [Fact]
    public async Task A_hundred_disconnects_leave_no_gap_and_repeat_nothing()
    {
        const int Entries = 2_000;
        var writing = Task.Run(async () =>
        {
            for (var n = 0; n < Entries; n += 5)
            {
                await AppendAsync(n, 5);
            }
        }, Ct);
        var random = new Random(2026);
        var (numbers, lastId, connections) = (new List<int>(), 0L, 0);
        while (numbers.Count < Entries)
        {
            await using var feed = await FeedClient.OpenAsync(_rita, lastId);
            Assert.Equal("ready", (await feed.NextAsync()).Type);
            connections++;
            for (var left = random.Next(0, 40); left > 0 && numbers.Count < Entries; left--)
            {
                var next = await feed.NextAsync("hit");
                Assert.True(next.Id > lastId, $"{next.Id} after {lastId}");
                lastId = next.Id;
                numbers.Add(NumberOf(next));
            }
        }
        await writing;
        Assert.True(connections >= 100, $"only {connections} connections");
        NoGapNoRepeat(numbers, Entries);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_nobody_up_and_misses_nothing()
    {
        const int Entries = 3_000;
        using var stuck = await _rita.Http.SendAsync(StreamRequest(0), HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var quick = await FeedClient.OpenAsync(_rita, 0);
        // About 12 MB, more than the sockets between take.
        var padding = new string('x', 4_000);
        for (var n = 0; n < Entries; n += 100)
        {
            await AppendAsync(n, 100, padding: padding);
        }
        NoGapNoRepeat(await TakeAsync(quick, Entries), Entries);

        // Now it reads; if it was cut off meanwhile, it comes back with the last id it saw.
        var (numbers, lastId) = await ReadToEndAsync(stuck, Entries);
        if (numbers.Count < Entries)
        {
            await using var again = await FeedClient.OpenAsync(_rita, lastId);
            numbers.AddRange(await TakeAsync(again, Entries - numbers.Count));
        }
        NoGapNoRepeat(numbers, Entries);
    }

    static HttpRequestMessage StreamRequest(long lastId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feed");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    static async Task<(List<int> Numbers, long LastId)> ReadToEndAsync(HttpResponseMessage response, int count)
    {
        var (numbers, id, last) = (new List<int>(), 0L, 0L);
        try
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
            while (numbers.Count < count && await reader.ReadLineAsync(Ct) is { } line)
            {
                id = line.StartsWith("id: ", StringComparison.Ordinal) ? long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture) : id;
                if (line.StartsWith("data: {\"n\"", StringComparison.Ordinal))
                {
                    numbers.Add((int)JsonNode.Parse(line["data: ".Length..])!["n"]!);
                    last = id;
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or System.Text.Json.JsonException)
        {
            // Cut off in the middle; what was whole counts.
        }
        return (numbers, last);
    }

    [Fact]
    public async Task A_reader_is_greeted_at_once_and_begins_now()
    {
        await AppendAsync(0, 3);
        await using var feed = await FeedClient.OpenAsync(_rita);
        var ready = await feed.NextAsync();
        Assert.Equal(("ready", "3", false), (ready.Type, ready.Data.Text("after"), (bool)ready.Data.At("missed")!));
        await AppendAsync(3, 1);
        Assert.Equal(3, NumberOf(await feed.NextAsync("hit")));
    }

    [Fact]
    public async Task After_0_begins_with_the_oldest_and_a_reconnect_counts_more_than_the_address()
    {
        await AppendAsync(0, 5);
        await using var all = await FeedClient.OpenAsync(_rita, query: "?after=0");
        NoGapNoRepeat(await TakeAsync(all, 5), 5);
        await using var again = await FeedClient.OpenAsync(_rita, 4, "?after=0");
        Assert.Equal([4], await TakeAsync(again, 1));
    }

    [Fact]
    public async Task An_idle_stream_shows_signs_of_life()
    {
        await using var feed = await FeedClient.OpenAsync(_rita);
        await Until.TrueAsync(() => feed.Comments >= 2, "two comments came");
    }

    [Fact]
    public async Task A_stream_that_is_quiet_while_others_are_busy_shows_signs_of_life_too()
    {
        var bob = await _server.RepAsync("bob@example.com", "Bob Rep");
        await using var feed = await FeedClient.OpenAsync(_rita);
        await feed.NextAsync("ready");
        var n = 0;
        await Until.TrueAsync(
            async () =>
            {
                await AppendAsync(n++, 1, bob.Id);
                return feed.Comments >= 2;
            },
            "two comments came");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_that_is_revoked_ends_its_stream(bool isBusy)
    {
        await using var feed = await FeedClient.OpenAsync(_rita);
        await feed.NextAsync("ready");
        await _server.Database.WriteAsync(s => ApiKeys.RevokeAsync(s, 1, _server.Time.GetUtcNow()), Ct);
        var n = 0;
        await Until.TrueAsync(
            async () =>
            {
                await (isBusy ? AppendAsync(n++, 1) : Task.CompletedTask);
                return feed.HasEnded;
            },
            "the stream has ended");
    }

    [Fact]
    public async Task Who_was_away_longer_than_the_feed_is_kept_is_told_so()
    {
        await AppendAsync(0, 10);
        _server.Time.Advance(TimeSpan.FromDays(31));
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
        _server.Time.Advance(TimeSpan.FromDays(31));
        await PruneAsync();
        Assert.True(await MissedAsync(4));
        Assert.False(await MissedAsync(10));
    }

    [Fact]
    public async Task An_id_from_another_life_of_the_database_does_not_make_a_reader_deaf()
    {
        await AppendAsync(0, 3);
        await using var feed = await FeedClient.OpenAsync(_rita, 1_000_000);
        Assert.True((bool)(await feed.NextAsync("ready")).Data.At("missed")!);
        await AppendAsync(3, 1);
        Assert.Equal(3, NumberOf(await feed.NextAsync("hit")));
    }

    async Task<bool> MissedAsync(long lastId)
    {
        await using var feed = await FeedClient.OpenAsync(_rita, lastId);
        return (bool)(await feed.NextAsync("ready")).Data.At("missed")!;
    }

    [Fact]
    public async Task A_rep_sees_their_own_and_a_key_without_a_rep_sees_all()
    {
        var bob = await _server.RepAsync("bob@example.com", "Bob Rep");
        var bobs = await _server.ClientAsync(bob.Id);
        var everybodys = await _server.ClientAsync(null, Scopes.Read);
        for (var n = 0; n < 20; n++)
        {
            await AppendAsync(n, 1, n % 2 == 0 ? _ritaId : bob.Id);
        }
        await using var ritaFeed = await FeedClient.OpenAsync(_rita, 0);
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
            feeds.Add(await FeedClient.OpenAsync(_rita));
            await feeds[^1].NextAsync("ready");
        }
        var began = TimeProvider.System.GetTimestamp();
        await _server.DisposeAsync();
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
