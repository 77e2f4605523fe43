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
    const string Destination = "https://example.com/pricing";
    const long FirstHit = 1_700_000_000_000;

    static readonly CopyId Copy = new(7);

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

    static readonly (long Version, string Name, string Resource)[] All =
    [
        .. from resource in typeof(Migrations).Assembly.GetManifestResourceNames()
           where resource.StartsWith("migrations/", StringComparison.Ordinal)
           let parts = resource["migrations/".Length..].Split('.')
           select (long.Parse(parts[0].AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture), parts[0][5..], resource),
    ];

    protected static int Newest => (int)All.Max(s => s.Version);

    [Fact]
    public async Task An_upgrade_that_is_killed_goes_on_at_the_next_start_and_loses_no_row()
    {
        var (kills, inTheMiddle, clicks, longest) = (0, 0, 0, TimeSpan.Zero);
        foreach (var version in Versions)
        {
            var connection = await EmptyAsync();
            await MakeAsync(connection, version);
            var click = "/c/" + TokenCodec.Sign(KeyRingFile.Open(Path.Combine(Data, "keyring.json"), TimeProvider.System.GetUtcNow()), TokenPurpose.Click, Copy, 0, Destination);
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
                    inTheMiddle += await VersionAsync(connection) < Newest ? 1 : 0;
                }
            }
            await AllThereAsync(connection, version, sent, answered);
            clicks += answered;
        }
        Campaign.Say($"O3: from {Versions.Length} earlier schemas with {Hits} hits, {kills} kills ({inTheMiddle} before the upgrade was through): 0 rows lost, {clicks} clicks meanwhile landed; longest upgrade with start {longest.TotalSeconds:0.0} s");
    }

    /// <summary>A database as the program of that version left it.</summary>
    async Task MakeAsync(string connection, int version)
    {
        await using var database = new Database(connection, Data);
        if (database.SqliteFile is not null)
        {
            await database.ReadAsync(s => s.ScalarAsync<string>("pragma journal_mode = wal"), Ct);
        }
        await database.WriteAsync(s => s.ExecuteAsync("create table schema_versions (version bigint primary key, name text not null, applied_at_ms bigint not null)"), Ct);
        foreach (var (number, name, resource) in All.Where(s => s.Version <= version && (s.Resource.Split('.').Length == 2 || s.Resource.Split('.')[1] == database.Dialect.Name)).OrderBy(s => s.Version))
        {
            using var text = new StreamReader(typeof(Migrations).Assembly.GetManifestResourceStream(resource)!);
            await database.WriteAsync(async s =>
            {
                await s.ExecuteAsync(await text.ReadToEndAsync(Ct));
                await s.ExecuteAsync("insert into schema_versions (version, name, applied_at_ms) values (@number, @name, 1)", new { number, name });
            }, Ct);
            if (number == 1)
            {
                await database.WriteAsync(FillAsync, Ct);
            }
        }
    }

    async Task FillAsync(Session session) => await session.ExecuteAsync("""
        insert into reps (email, name, is_admin, created_at_ms) values ('rita@example.com', 'Rita', 1, 1);
        insert into companies (domain, name, heat_key) values ('customer.example', 'Customer', 0);
        insert into prospects (email, rep_id, company_id, created_at_ms, updated_at_ms, heat_key) values ('paul@customer.example', 1, 1, 1, 1, 0);
        insert into prospect_reps (prospect_id, rep_id, heat_key) values (1, 1, 0);
        insert into messages (rep_id, kind, subject, text_fingerprint, metadata, created_at_ms, sent_at_ms) values (1, 'mail', 'Offer', 'x', '{}', 1, 1);
        insert into links (message_id, link, url, tracked) values (1, 0, @Destination, 1);
        insert into copies (token, message_id, prospect_id, recipient, field, instrumented, opens_tracked, links_tracked, last_hit_id, first_hit_at_ms)
            values (@token, 1, 1, 'paul@customer.example', 'to', 1, 1, 1, @FirstHit + @Hits, @FirstHit);
        insert into clients (fingerprint, user_agent, headers, last_seen_at_ms) values ('f', 'Mozilla/5.0', '{}', 1);
        insert into reasons (texts) values ('[]');
        insert into checkpoints (node, hit_id) values (0, @FirstHit + @Hits);
        with recursive n (i) as (select 1 union all select i + 1 from n where i < @Hits)
        insert into hits (id, copy_id, previous_id, at_ms, kind, link, method, client_id, source_prefix, source_hash, own_visit, verdict, confidence, reason_id, rules_version)
            select @FirstHit + i, 1, case when i > 1 then @FirstHit + i - 1 end, @FirstHit + i, case when i % 5 = 0 then 1 else 0 end, case when i % 5 = 0 then 0 end, 'GET', 1, '198.51.100.0/24',
                   i * 31, 0, i % 3, 1, 1, 2 from n;
        with recursive n (i) as (select 1 union all select i + 1 from n where i < @Hits / 10)
        insert into feed (at_ms, type, rep_id, prospect_id, message_id, data) select i, 'hit', null, 1, 1, '{}' from n;
        """, new { Destination, FirstHit, Hits = (long)Hits, token = Copy.ToString() });

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
                Assert.Equal((HttpStatusCode.Found, Destination), (answer.StatusCode, answer.Headers.Location!.OriginalString));
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
        Assert.Equal(Newest, await Migrations.VersionAsync(database, Ct));
        var last = FirstHit + Hits;
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
    protected override int[] Versions => Rounds.Long ? [.. Enumerable.Range(1, Newest - 1)] : [1, 8];

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

    protected override int[] Versions => Rounds.Long ? [.. Enumerable.Range(1, Newest - 1)] : [1];

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
