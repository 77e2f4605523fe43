using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Storage;

/// <summary>SQLite as it must be set for what is promised, and its log bounded however much is written and whoever reads.</summary>
public sealed class WalTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_commit_is_synced_and_the_log_is_one()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine);
        Assert.Equal(("wal", 2L), await server.Database.WriteAsync(async s =>
            (await s.ScalarAsync<string>("pragma journal_mode"), await s.ScalarAsync<long>("pragma synchronous")), Ct)); // 2: FULL
    }

    [Fact]
    public async Task The_log_stays_bounded_under_writes_and_readers_and_an_open_feed_holds_nothing()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine);
        await using var feed = await FeedClient.OpenAsync(await server.RepClientAsync());
        Assert.Equal("ready", (await feed.NextAsync()).Type);
        var most = 0L;
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from settings_seen"), Ct);
            }
        }, Ct)).ToList();
        var text = new string('x', 100_000);
        for (var written = 0; written < 1500; written++) // 150 MB
        {
            await server.Database.WriteAsync(s => s.ExecuteAsync("insert into settings_seen (name, value) values (@name, @text) on conflict (name) do update set value = excluded.value", new { name = $"n{written % 300}", text }), Ct);
            most = Math.Max(most, server.Database.WalBytes);
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        TestContext.Current.TestOutputHelper?.WriteLine($"150 MB written beside 4 readers: the log had at most {most >> 20} MiB");
        Assert.InRange(most, 1, WalCheckpoints.TellFrom + (4 << 20));
        // Nobody is left reading, though the stream is open.
        await Until.TrueAsync(async () => await server.Database.ReadAsync(s => s.ScalarAsync<long>("pragma wal_checkpoint(truncate)"), Ct) == 0, "the log can be emptied");
        Assert.Equal(0, server.Database.WalBytes);
    }

    [Fact]
    public async Task Damage_ends_the_use_of_a_file_and_says_what_to_do()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var database = new Database("", engine.DataFolder);
        await Migrations.RunAsync(database, TimeProvider.System, Ct);
        Assert.Null(await DatabaseStart.QuickCheckAsync(database, Ct));
        database.MarkDamaged("broken");
        Assert.False(database.IsReady);
        var told = await Assert.ThrowsAsync<DamagedDatabaseException>(() => database.ReadAsync(s => s.ScalarAsync<long>("select 1"), Ct));
        Assert.Equal("broken", told.Message);
        Assert.True(database.Dialect.IsUnavailable(told));
        Assert.False(database.Dialect.IsBadData(told));
    }
}
