using System.Net;
using Npgsql;
using Tracker.Domain.Tokens;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>
/// O3: a database of every earlier schema, full of hits, is upgraded by a server that is killed in the middle. The next start goes on; no row is lost or
/// changed; links lead where they should from before the upgrade begins until after it ends.
/// </summary>
public abstract class UpgradeKilled : CommandTests
{
    sealed record Rows
    {
        public long Hits { get; init; }
        public long Hashes { get; init; }
        public long Chained { get; init; }
    }

    protected abstract int[] Versions { get; }

    protected abstract int Hits { get; }

    protected string Data => Path.Combine(Folder, "data");

    /// <summary>An empty database in an empty data folder.</summary>
    /// <returns>Its connection string.</returns>
    protected abstract Task<string> EmptyAsync();

    /// <summary>Says again and again whether the moment to kill has come; a random one of the upgrade.</summary>
    protected abstract Func<Task<bool>> Moment();

    [Fact]
    public async Task An_upgrade_that_is_killed_goes_on_at_the_next_start_and_loses_no_row()
    {
        var (kills, inTheMiddle, clicks, longest) = (0, 0, 0, TimeSpan.Zero);
        foreach (var version in Versions)
        {
            var connection = await EmptyAsync();
            await OldDatabase.MakeAsync(connection, Data, version, Hits, Ct);
            var click = "/c/" + TokenCodec.Sign(KeyRingFile.Open(Path.Combine(Data, "keyring.json"), TimeProvider.System.GetUtcNow()), TokenPurpose.Click, OldDatabase.Copy, 0, OldDatabase.Destination);
            var (sent, answered) = (0, 0);
            for (var round = 0; round <= Rounds.Of(1, 2); round++)
            {
                var isLast = round == Rounds.Of(1, 2);
                var began = TimeProvider.System.GetTimestamp();
                var (asked, got) = await UpgradeAsync(connection, click, isLast ? null : Moment());
                (sent, answered) = (sent + asked, answered + got);
                if (isLast)
                {
                    longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, TimeProvider.System.GetElapsedTime(began).Ticks));
                }
                else
                {
                    kills++;
                    inTheMiddle += await VersionAsync(connection) < OldDatabase.Newest ? 1 : 0;
                }
            }
            await AllThereAsync(connection, version, sent, answered);
            clicks += answered;
        }
        Campaign.Say($"O3: from {Versions.Length} earlier schemas with {Hits} hits, {kills} kills ({inTheMiddle} before the upgrade was through): 0 rows lost, {clicks} clicks meanwhile landed; longest upgrade with start {longest.TotalSeconds:0.0} s");
    }

    /// <summary>Starts the server and clicks all the while, until it is killed or the database is ready.</summary>
    async Task<(int Sent, int Answered)> UpgradeAsync(string connection, string click, Func<Task<bool>>? kill)
    {
        var (sent, answered, isReady) = (0, 0, false);
        var address = new Uri($"http://127.0.0.1:{TcpPorts.Free()}");
        await using var server = TrackerProcess.Start(Folder, null, "serve", $"--urls={address}", $"--ConnectionStrings:Tracker={connection}", "--Tracker:Journal:AnswerWithinMilliseconds=10000");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        await Until.TrueAsync(async () =>
        {
            Assert.False(server.Process.HasExited, server.Said);
            try
            {
                sent++;
                using var answer = await http.GetAsync(click, Ct);
                Assert.Equal((HttpStatusCode.Found, OldDatabase.Destination), (answer.StatusCode, answer.Headers.Location!.OriginalString));
                answered++;
                isReady = (await http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                sent--; // Nobody listens yet.
            }
            return isReady || (kill is not null && await kill());
        }, () => $"the upgrade is through: {server.Said}", TimeSpan.FromSeconds(120));
        if (kill is not null)
        {
            server.Process.Kill();
            await server.Process.WaitForExitAsync(Ct);
            return (sent, answered);
        }
        await server.TerminateAsync();
        Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
        return (sent, answered);
    }

    async Task<long> VersionAsync(string connection)
    {
        await using var database = new Database(connection, Data);
        return await Migrations.VersionAsync(database, Ct);
    }

    async Task AllThereAsync(string connection, int version, int sent, int answered)
    {
        await using var database = new Database(connection, Data);
        Assert.Equal(OldDatabase.Newest, await Migrations.VersionAsync(database, Ct));
        var last = OldDatabase.FirstHit + Hits;
        var rows = await database.ReadAsync(s => s.QueryAsync<Rows>("""
            select count(*) as hits, cast(sum(source_hash) as bigint) as hashes, cast(sum(case when previous_id = id - 1 then 1 else 0 end) as bigint) as chained from hits where id <= @last
            """, new { last }), Ct);
        Assert.Equal(new Rows { Hits = Hits, Hashes = 31L * Hits * (Hits + 1L) / 2, Chained = Hits - 1 }, Assert.Single(rows));
        Assert.InRange(await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits where id > @last", new { last }), Ct), answered, sent);
        Assert.True(await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from feed"), Ct) >= Hits / 10, $"from version {version} the feed is whole");
        if (database.SqliteFile is not null)
        {
            Assert.Equal("ok", await database.ReadAsync(s => s.ScalarAsync<string>("pragma integrity_check"), Ct));
        }
    }
}

public sealed class UpgradeKilledOnSqlite : UpgradeKilled
{
    protected override int[] Versions => Rounds.Long ? OldDatabase.Earlier : [1, 8];

    protected override int Hits => Rounds.Of(50_000, 1_000_000);

    protected override Task<string> EmptyAsync()
    {
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }
        Directory.CreateDirectory(Data);
        return Task.FromResult("");
    }

    /// <summary>By how much the upgrade has written: at most about what is there.</summary>
    protected override Func<Task<bool>> Moment()
    {
        var (file, log) = (new FileInfo(Path.Combine(Data, "tracker.db")), Path.Combine(Data, "tracker.db-wal"));
        var least = Random.Shared.NextInt64(1, file.Length);
        return () => Task.FromResult(new FileInfo(log) is { Exists: true } now && now.Length >= least);
    }
}

public sealed class UpgradeKilledOnPostgres : UpgradeKilled, IAsyncDisposable
{
    Engine? _engine;

    protected override int[] Versions => Rounds.Long ? OldDatabase.Earlier : [1];

    protected override int Hits => Rounds.Of(20_000, 100_000);

    protected override async Task<string> EmptyAsync()
    {
        await DisposeAsync();
        _engine = await Engine.PostgresAsync();
        Directory.CreateDirectory(Data);
        return _engine.ConnectionString;
    }

    /// <summary>Some looks after the server's first statement.</summary>
    protected override Func<Task<bool>> Moment()
    {
        var looks = Random.Shared.Next(1, 20);
        var name = new NpgsqlConnectionStringBuilder(_engine!.ConnectionString).Database;
        return async () =>
        {
            await using var source = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("TRACKER_TEST_POSTGRES")!);
            await using var command = source.CreateCommand($"select count(*) from pg_stat_activity where datname = '{name}'");
            return (long)(await command.ExecuteScalarAsync(Ct))! > 0 && --looks <= 0;
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }
    }
}
