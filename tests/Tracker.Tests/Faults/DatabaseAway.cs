using System.Collections.Concurrent;
using System.Net;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>
/// D4, O2, O6: whatever the database does, every click lands where it should and every picture is there; readiness says what is wrong; afterwards
/// everything is in the database, once; and recorded and unrecorded together are all that was answered.
/// </summary>
[Collection(CountedAlone.Name)]
public sealed class DatabaseAway
{
    static readonly int Requests = Rounds.Of(300, 10_000);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Load, then trouble, more load, the end of the trouble; then everything must be there.</summary>
    static async Task RunAsync(string what, Engine engine, Func<TestServer, Task> begin, Func<TestServer, Task> end, bool isTold = true, params (string, string)[] settings)
    {
        await using var server = await TestServer.StartAsync(engine, null, [("Tracker:Journal:AnswerWithinMilliseconds", "10000"), .. settings]);
        var campaign = await Campaign.WithMailAsync(server, engine);
        await campaign.LoadAsync(server.Address, 8, Ct, enough: () => campaign.Answered >= 50);
        await begin(server);
        var took = new ConcurrentBag<double>();
        var before = campaign.Answered;
        await campaign.LoadAsync(server.Address, 16, Ct, took, () => campaign.Answered >= before + Requests);
        if (isTold)
        {
            await Until.TrueAsync(async () => (await server.Http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.ServiceUnavailable, "readiness tells");
        }
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/live", Ct)).StatusCode);
        var asked = TimeProvider.System.GetTimestamp();
        await end(server);
        await campaign.AllThereAsync(server.Database);
        Campaign.Say($"D4 {what}: {Campaign.Spread(took)}, all landed; all there {TimeProvider.System.GetElapsedTime(asked).TotalSeconds:0.0} s after the end of it");
        await Metrics.AddUpAsync(server, campaign.Answered);
    }

    [Fact]
    public async Task A_locked_SQLite()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var other = new SqliteConnection($"Data Source={Path.Combine(engine.DataFolder, "tracker.db")};Pooling=false");
        SqliteTransaction? held = null;
        await RunAsync("SQLite locked by another program", engine, async _ =>
        {
            await other.OpenAsync(Ct);
            held = other.BeginTransaction();
            using var write = other.CreateCommand();
            write.CommandText = "insert into settings_seen (name, value) values ('held', 'x')";
            await write.ExecuteNonQueryAsync(Ct);
        }, _ =>
        {
            held!.Rollback();
            return Task.CompletedTask;
        }, isTold: false); // Readers see a locked database as one that works; hits wait in the journal.
    }

    [Fact]
    public async Task A_SQLite_file_that_is_moved_away_and_comes_back()
    {
        await using var engine = await Engine.SqliteAsync();
        static void Move(string folder, string from, string to)
        {
            foreach (var suffix in (string[])["", "-wal", "-shm"])
            {
                File.Move(Path.Combine(folder, from + suffix), Path.Combine(folder, to + suffix));
            }
        }
        await RunAsync("SQLite file moved away", engine, async server =>
        {
            await Until.TrueAsync(() => File.Exists(Path.Combine(engine.DataFolder, "tracker.db-wal")), "there is a log");
            Move(engine.DataFolder, "tracker.db", "away");
        }, _ =>
        {
            Move(engine.DataFolder, "away", "tracker.db");
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_SQLite_file_that_may_not_be_written()
    {
        await using var engine = await Engine.SqliteAsync();
        Task ImmutableAsync(bool isImmutable) => Immutable.SetAsync(isImmutable, Path.Combine(engine.DataFolder, "tracker.db"), Path.Combine(engine.DataFolder, "tracker.db-wal"));
        try
        {
            await RunAsync("SQLite read-only", engine, async _ =>
            {
                await Until.TrueAsync(() => File.Exists(Path.Combine(engine.DataFolder, "tracker.db-wal")), "there is a log");
                await ImmutableAsync(true);
            }, _ => ImmutableAsync(false), isTold: false);
        }
        finally
        {
            await ImmutableAsync(false);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_PostgreSQL_behind_a_line_that_hangs_or_is_cut(bool hangs)
    {
        await using var engine = await Engine.PostgresAsync();
        var target = new NpgsqlConnectionStringBuilder(engine.ConnectionString);
        await using var line = Line.Open(target.Port);
        var through = new NpgsqlConnectionStringBuilder(engine.ConnectionString) { Host = "127.0.0.1", Port = line.Port }.ConnectionString;
        await RunAsync(hangs ? "PostgreSQL black-holed" : "PostgreSQL cut off", engine, _ =>
        {
            line.Break(hangs);
            return Task.CompletedTask;
        }, _ =>
        {
            line.Mend();
            return Task.CompletedTask;
        }, isTold: true, ("ConnectionStrings:Tracker", through));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_PostgreSQL_that_is_frozen_or_stopped_at_once(bool isFrozen)
    {
        await using var engine = await Engine.SqliteAsync();
        await using var postgres = await PostgresServer.StartAsync();
        await RunAsync(isFrozen ? "PostgreSQL frozen" : "PostgreSQL stopped at once", engine, _ => isFrozen ? postgres.FreezeAsync() : postgres.StopAtOnceAsync(),
            _ => isFrozen ? postgres.ThawAsync() : postgres.BeginAsync(), isTold: true, ("ConnectionStrings:Tracker", postgres.ConnectionString));
    }

    [Fact]
    public async Task A_PostgreSQL_that_becomes_read_only()
    {
        await using var engine = await Engine.PostgresAsync();
        async Task SetAsync(string sql)
        {
            await using var source = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("TRACKER_TEST_POSTGRES")!);
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Ct);
        }
        var name = new NpgsqlConnectionStringBuilder(engine.ConnectionString).Database;
        var cut = $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'";
        await RunAsync("PostgreSQL read-only", engine, async _ =>
        {
            await SetAsync($"alter database {name} set default_transaction_read_only = on");
            await SetAsync(cut);
        }, async _ =>
        {
            await SetAsync($"alter database {name} reset default_transaction_read_only");
            await SetAsync(cut);
        });
    }

    [Fact]
    public async Task An_opt_out_holds_though_the_database_is_away()
    {
        await using var engine = await Engine.PostgresAsync();
        await using var line = Line.Open(new NpgsqlConnectionStringBuilder(engine.ConnectionString).Port);
        var through = new NpgsqlConnectionStringBuilder(engine.ConnectionString) { Host = "127.0.0.1", Port = line.Port }.ConnectionString;
        await using var server = await TestServer.StartAsync(engine, null, ("ConnectionStrings:Tracker", through), ("Tracker:Journal:AnswerWithinMilliseconds", "10000"));
        var copy = (await (await server.RepClientAsync()).MailAsync(Mails.Proposal())).At("copies", 0)!;
        line.Break(hangs: true);
        // Before the wish, and still in the journal when it comes: what is not stored yet, is not stored any more.
        Assert.Equal(HttpStatusCode.OK, (await server.VisitAsync(copy.Text("openUrl"))).StatusCode);
        using var done = await server.Http.PostAsync(copy.Text("optOutUrl"), null, Ct);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Contains("You are not tracked any more", await done.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        // After the wish: it must not be kept, though the database learns of both at the same time.
        Assert.Equal(HttpStatusCode.OK, (await server.VisitAsync(copy.Text("openUrl"))).StatusCode);
        line.Mend();
        await Until.TrueAsync(async () =>
        {
            try
            {
                return await server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from refusals"), Ct) == 1;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }, "the wish is in the database");
        await Until.TrueAsync(async () => await Metrics.ValueAsync(server, "tracker_journal_behind_hits") == 0 || await Metrics.ValueAsync(server, "tracker_journal_behind") == 0, "everything is drained");
        Assert.Equal(0, await server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits"), Ct));
    }
}
