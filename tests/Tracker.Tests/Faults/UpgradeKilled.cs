using System.Globalization;
using System.Net;
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

    /// <summary>TRACKER_UPGRADE_FROM chooses others, such as 1,8.</summary>
    protected static int[]? Chosen => Environment.GetEnvironmentVariable("TRACKER_UPGRADE_FROM")?.Split(',').Select(v => int.Parse(v, CultureInfo.InvariantCulture)).ToArray();

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
                var (asked, got) = await UpgradeAsync(connection, click, answered, isLast ? null : Moment());
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

    /// <summary>Starts the server and clicks all the while, until it is killed, or the database is ready and has every click.</summary>
    async Task<(int Sent, int Answered)> UpgradeAsync(string connection, string click, int answeredBefore, Func<Task<bool>>? kill)
    {
        var (sent, answered) = (0, 0);
        var address = new Uri($"http://127.0.0.1:{TcpPorts.Free()}");
        await using var server = TrackerProcess.Start(Folder, null, "serve", $"--urls={address}", $"--ConnectionStrings:Tracker={connection}", "--Tracker:Journal:AnswerWithinMilliseconds=10000");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        var killing = kill is null ? Task.CompletedTask : KillAsync(server, kill);
        await Until.TrueAsync(async () =>
        {
            Assert.True(kill is not null || !server.Process.HasExited, server.Said);
            try
            {
                sent++;
                using var answer = await http.GetAsync(click, Ct);
                Assert.Equal((HttpStatusCode.Found, OldDatabase.Destination), (answer.StatusCode, answer.Headers.Location!.OriginalString));
                answered++;
                return kill is null && (await http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return killing.IsCompleted && kill is not null; // Nobody listens yet, or any more.
            }
        }, () => $"the upgrade is through: {server.Said}", TimeSpan.FromSeconds(120));
        await killing;
        if (kill is null)
        {
            await Until.TrueAsync(async () => await ClicksAsync(connection) >= answeredBefore + answered, "every click is stored");
            await server.TerminateAsync();
            Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
        }
        return (sent, answered);
    }

    static async Task KillAsync(TrackerProcess server, Func<Task<bool>> moment)
    {
        using var often = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!await moment() && !server.Said.Contains("listens on", StringComparison.Ordinal))
        {
            await often.WaitForNextTickAsync(Ct);
        }
        server.Process.Kill();
        await server.Process.WaitForExitAsync(Ct);
    }

    async Task<long> ClicksAsync(string connection)
    {
        await using var database = new Database(connection, Data);
        return await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits where id > @last", new { last = OldDatabase.FirstHit + Hits }), Ct);
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
        Assert.InRange(await ClicksAsync(connection), answered, sent);
        Assert.True(await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from feed"), Ct) >= Hits / 10, $"from version {version} the feed is whole");
        if (database.SqliteFile is not null)
        {
            Assert.Equal("ok", await database.ReadAsync(s => s.ScalarAsync<string>("pragma integrity_check"), Ct));
        }
    }
}
