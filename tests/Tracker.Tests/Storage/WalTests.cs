using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
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
        Assert.InRange(most, 1, WalCheckpoints.BeginAgainFrom + (64 << 20));
        // Nobody is left reading, though the stream is open.
        await Until.TrueAsync(async () => await server.Database.ReadAsync(s => s.ScalarAsync<long>("pragma wal_checkpoint(truncate)"), Ct) == 0, "the log can be emptied");
        Assert.Equal(0, server.Database.WalBytes);
    }

    [Fact]
    public async Task A_log_that_became_long_is_begun_again_and_cut_once_nobody_writes()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var database = await OpenAsync(engine);
        using var checkpoints = new WalCheckpoints(database, TimeProvider.System, NullLogger<WalCheckpoints>.Instance);
        await WriteAsync(database, WalCheckpoints.BeginAgainFrom + (1 << 20));
        var length = database.WalBytes;
        Assert.InRange(length, WalCheckpoints.BeginAgainFrom, WalCheckpoints.TellFrom);

        // Begun again, and as long as before: the next write goes to its beginning.
        Task<long> PatienceAsync() => database.WriteAsync(s => s.ScalarAsync<long>("pragma busy_timeout"), Ct);
        var patience = await PatienceAsync();
        Assert.True(await checkpoints.RunAsync(Ct));
        Assert.Equal(patience, await PatienceAsync());
        Assert.Equal(length, database.WalBytes);
        await WriteAsync(database, 5 << 20);
        Assert.Equal(length, database.WalBytes);

        // Copied, and cut since nobody has written meanwhile.
        Assert.True(await checkpoints.RunAsync(Ct));
        Assert.Equal(length, database.WalBytes);
        Assert.True(await checkpoints.RunAsync(Ct));
        Assert.Equal(0, database.WalBytes);

        // And cut also when nobody writes from the moment on at which it was begun again.
        await WriteAsync(database, WalCheckpoints.BeginAgainFrom + (1 << 20));
        Assert.True(await checkpoints.RunAsync(Ct));
        Assert.True(await checkpoints.RunAsync(Ct));
        Assert.Equal(0, database.WalBytes);
    }

    [Fact]
    public async Task A_log_that_a_reader_made_longer_than_any_backlog_is_cut_when_it_is_begun_again()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var database = await OpenAsync(engine);
        using var checkpoints = new WalCheckpoints(database, TimeProvider.System, NullLogger<WalCheckpoints>.Instance);
        await using (var reader = new SqliteConnection($"Data Source={database.SqliteFile};Pooling=false;Mode=ReadOnly"))
        {
            await reader.OpenAsync(Ct);
            await using var reading = reader.BeginTransaction(deferred: true);
            await using var command = reader.CreateCommand();
            command.CommandText = "select count(*) from settings_seen";
            await command.ExecuteScalarAsync(Ct);
            await WriteAsync(database, WalCheckpoints.LongestKept + (8 << 20));
            Assert.False(await checkpoints.RunAsync(Ct)); // The reader stands in the way.
        }
        Assert.InRange(database.WalBytes, WalCheckpoints.LongestKept + 1, long.MaxValue);
        Assert.True(await checkpoints.RunAsync(Ct));
        await WriteAsync(database, 1 << 20);
        Assert.InRange(database.WalBytes, 1, WalCheckpoints.LongestKept);
    }

    /// <summary>A database that no server uses.</summary>
    static async Task<Database> OpenAsync(Engine engine)
    {
        var database = new Database("", engine.DataFolder);
        await Migrations.RunAsync(database, TimeProvider.System, Ct);
        database.MarkReady();
        return database;
    }

    /// <summary>So many bytes, in pages that are new each time.</summary>
    static Task WriteAsync(Database database, long bytes) => database.WriteAsync(async s =>
    {
        for (var written = 0L; written < bytes; written += 1 << 20)
        {
            await s.ExecuteAsync(
                "insert into settings_seen (name, value) values (@name, @text)",
                new { name = System.Security.Cryptography.RandomNumberGenerator.GetHexString(16), text = new string('x', 1 << 20) });
        }
    }, Ct);

    [Fact]
    public async Task Damage_ends_the_use_of_a_file_and_says_what_to_do()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var database = await OpenAsync(engine);
        Assert.Null(await DatabaseStart.QuickCheckAsync(database, Ct));
        database.MarkDamaged("broken");
        Assert.False(database.IsReady);
        var told = await Assert.ThrowsAsync<DamagedDatabaseException>(() => database.ReadAsync(s => s.ScalarAsync<long>("select 1"), Ct));
        Assert.Equal("broken", told.Message);
        Assert.True(database.Dialect.IsUnavailable(told));
        Assert.False(database.Dialect.IsBadData(told));
    }
}
