using System.Net;
using Microsoft.Data.Sqlite;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>
/// D6: bits flipped, pages zeroed and ends cut off in the files that a killed server left: database, its log, and a journal with hits that the database has
/// not got. The server stays up and links lead where they should; damage to the database is told and its file not used; of the journal only what was hit is missing.
/// </summary>
public sealed class Damage : CommandTests
{
    sealed record Stored
    {
        public long Id { get; init; }
    }

    string At(string name) => Path.Combine(Folder, name);

    [Fact]
    public async Task Damaged_files_end_no_server_are_told_and_cost_no_more_than_what_is_damaged()
    {
        var (path, location, storedBefore) = await LeaveAsync();
        var segment = Path.GetFileName(new DirectoryInfo(At("left/journal")).GetFiles("*.journal").MaxBy(f => f.Length)!.Name);
        var records = FileDamage.Records(await File.ReadAllBytesAsync(At($"left/journal/{segment}"), Ct));
        var waiting = records.Where(r => !storedBefore.Contains(r.Id)).ToList();
        Assert.True(waiting.Count >= 100);
        var rounds = Rounds.Of(9, 200);
        var (told, unharmed, journals) = (0, 0, 0);
        for (var round = 0; round < rounds; round++)
        {
            string[] files = ["tracker.db", "tracker.db-wal", $"journal/{segment}"];
            var file = files[round % 3];
            var folder = CopyTree(At("left"), At($"round{round}"));
            // Of the journal, where the hits are that nobody else has.
            var hurt = FileDamage.Hurt(Path.Combine(folder, file), round, round % 3 == 2 && round / 3 % 3 > 0 ? waiting[0].From : 0, round % 3 == 2 ? records[^1].To : null);
            var isCorrupt = round % 3 < 2 && await IsCorruptAsync(folder);
            await using (var engine = await Engine.SqliteAsync())
            await using (var server = await TestServer.LaunchAsync(engine, null, ("Tracker:DataFolder", folder)))
            {
                using var click = await server.VisitAsync(path);
                Assert.Equal((HttpStatusCode.Found, location), (click.StatusCode, click.Headers.Location!.OriginalString));
                if (isCorrupt)
                {
                    await IsToldAsync(server, $"round {round}, {file}");
                    told++;
                }
                else
                {
                    await Until.TrueAsync(() => server.Database.IsReady, $"round {round}, {file}: it is ready");
                    if (round % 3 > 0)
                    {
                        // What the log lost, the journal has still.
                        var expected = round % 3 == 1 ? records : records.Where(r => r.To <= hurt.From || r.From >= hurt.To).ToList();
                        await HasAsync(server.Database, storedBefore.Union(expected.Select(r => r.Id)).ToHashSet(), $"round {round}, {file}");
                    }
                    (unharmed, journals) = round % 3 == 2 ? (unharmed, journals + 1) : (unharmed + 1, journals);
                }
                Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/live", Ct)).StatusCode);
            }
            Directory.Delete(folder, recursive: true);
        }
        Assert.True(told > 0);
        Campaign.Say($"D6: {rounds} rounds: {told} damaged databases told and not used, {unharmed} with damage that SQLite passes over, {journals} journals read up to what was damaged; every link led where it should");
    }

    [Fact]
    public async Task A_server_over_a_damaged_database_answers_links_says_so_and_ends_with_a_failure()
    {
        var (path, location, _) = await LeaveAsync();
        var file = At("left/tracker.db");
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        bytes.AsSpan(FileDamage.Page * 2, FileDamage.Page * 4).Clear();
        await File.WriteAllBytesAsync(file, bytes, Ct);
        var address = new Uri($"http://127.0.0.1:{TcpPorts.Free()}");
        await using var server = TrackerProcess.Start(Folder, null, "serve", $"--urls={address}", $"--Tracker:DataFolder={At("left")}");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        await Until.TrueAsync(() => server.Said.Contains("is damaged", StringComparison.Ordinal), () => $"it says so: {server.Said}", TimeSpan.FromSeconds(60));
        Assert.Contains("tracker restore FILE --replace", server.Said, StringComparison.Ordinal);
        await Until.TrueAsync(async () => await http.IsLiveAsync(Ct), "it listens");
        using var click = await http.GetAsync(path, Ct);
        Assert.Equal((HttpStatusCode.Found, location), (click.StatusCode, click.Headers.Location!.OriginalString));
        await server.TerminateAsync();
        Assert.Equal(1, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(FileDamage.Page - 1)]
    public async Task A_database_cut_to_less_than_a_page_is_not_taken_for_a_new_one(int length)
    {
        await using var engine = await Engine.SqliteAsync();
        await (await TestServer.StartAsync(engine)).DisposeAsync();
        var file = Path.Combine(engine.DataFolder, "tracker.db");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file, Ct))[..length], Ct);
        await using var server = await TestServer.LaunchAsync(engine);
        await IsToldAsync(server, $"{length} bytes");
        Assert.Equal(length, new FileInfo(file).Length);
        var command = await RunAsync("reps", "list", $"--Tracker:DataFolder={engine.DataFolder}");
        Assert.Equal(1, command.Code);
        Assert.Contains("tracker restore FILE", command.Error, StringComparison.Ordinal);
        Assert.Equal(length, new FileInfo(file).Length);
    }

    /// <summary>A folder "left" as a killed server leaves it: 200 hits stored, the last of them in SQLite's log, 100 more only in the journal.</summary>
    async Task<(string Path, string Location, HashSet<long> Stored)> LeaveAsync()
    {
        using var campaign = new Campaign(At("data"));
        var (path, location) = await campaign.PrepareAsync();
        var (server, address) = await TrackerProcess.ServeAsync(Folder, campaign.Settings);
        await using (server)
        {
            await campaign.LoadAsync(address, 4, Ct, enough: () => campaign.Answered >= 200);
            await campaign.AllThereAsync();
            await using var other = new SqliteConnection($"Data Source={At("data/tracker.db")};Pooling=false");
            await other.OpenAsync(Ct);
            await using var held = other.BeginTransaction();
            var until = campaign.Answered + 100;
            await campaign.LoadAsync(address, 4, Ct, enough: () => campaign.Answered >= until);
            server.Process.Kill();
            await server.Process.WaitForExitAsync(Ct);
            CopyTree(At("data"), At("left")); // While it is held: who closes a database last, clears its log away.
        }
        Assert.True(new FileInfo(At("left/tracker.db-wal")).Length > 0);
        await using var database = new Database("", CopyTree(At("left"), At("look")));
        return (path, location, await IdsAsync(database));
    }

    static async Task<HashSet<long>> IdsAsync(Database database) => [.. (await database.ReadAsync(
        s => s.QueryAsync<Stored>("select h.id from hits h join clients k on k.id = h.client_id where k.user_agent like 'asker/%'"), Ct)).Select(r => r.Id)];

    static async Task HasAsync(Database database, HashSet<long> expected, string what)
    {
        HashSet<long> stored = [];
        await Until.TrueAsync(async () => expected.IsSubsetOf(stored = await IdsAsync(database)), () => $"{what}: every whole record is stored; {expected.Except(stored).Count()} of {expected.Count} are not", TimeSpan.FromSeconds(30));
        Assert.Empty(stored.Except(expected));
    }

    static async Task IsToldAsync(TestServer server, string what)
    {
        var problem = "";
        await Until.TrueAsync(async () =>
        {
            using var ready = await server.Http.GetAsync("/health/ready", Ct);
            problem = await ready.Content.ReadAsStringAsync(Ct);
            return ready.StatusCode == HttpStatusCode.ServiceUnavailable && (problem.Contains("is damaged", StringComparison.Ordinal) || problem.Contains("is empty", StringComparison.Ordinal));
        }, () => $"{what}: the damage is told, not {problem}", TimeSpan.FromSeconds(60));
    }

    /// <summary>What SQLite itself finds, asked of a copy that the server never sees.</summary>
    async Task<bool> IsCorruptAsync(string folder)
    {
        var copy = CopyTree(folder, At("asked"));
        try
        {
            await using var connection = new SqliteConnection($"Data Source={Path.Combine(copy, "tracker.db")};Pooling=false");
            await connection.OpenAsync(Ct);
            await using var check = connection.CreateCommand();
            check.CommandText = "pragma integrity_check(1)";
            return (string?)await check.ExecuteScalarAsync(Ct) != "ok";
        }
        catch (SqliteException)
        {
            return true;
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    static string CopyTree(string from, string to)
    {
        PowerCut.CopyTree(from, to);
        return to;
    }
}
