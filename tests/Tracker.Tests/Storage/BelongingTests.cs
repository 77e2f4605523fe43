using System.Net;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Storage;

/// <summary>A data folder that does not belong to the database is told, not endured; pixels and links go on, and a way out works without a restart.</summary>
public sealed class BelongingTests : CommandTests
{
    [Fact]
    public async Task A_second_folder_under_the_same_node_is_refused_until_it_takes_the_node_over()
    {
        await using var engine = await Engine.PostgresAsync();
        string path;
        await using (var first = await TestServer.StartAsync(engine))
        {
            path = new Uri((await (await first.RepClientAsync()).MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl")).PathAndQuery;
        }
        File.Copy(Path.Combine(engine.DataFolder, "keyring.json"), Path.Combine(Folder, "keyring.json"));
        await using var second = await TestServer.LaunchAsync(engine, null, ("Tracker:DataFolder", Folder));
        await Until.TrueAsync(() => second.Database.Problem is not null, "it is told");
        Assert.Contains("Node 0 of this database belongs to another data folder", second.Database.Problem, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await second.VisitAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await second.Http.GetAsync("/health/ready", Ct)).StatusCode);
        string[] settings = [$"--ConnectionStrings:Tracker={engine.ConnectionString}", $"--Tracker:DataFolder={Folder}"];
        Assert.Contains("belongs to another data folder", (await RunAsync(["doctor", .. settings])).Out, StringComparison.Ordinal);
        await OutAsync(["nodes", "take", .. settings]);
        await Until.TrueAsync(() => second.Database.IsReady, "it goes on without a restart");
        await Until.TrueAsync(() => second.Database.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from hits") == 1, Ct), "and the hit is stored");
    }

    [Fact]
    public async Task Another_key_ring_is_refused_until_it_is_accepted()
    {
        await using var engine = await Engine.PostgresAsync();
        await (await TestServer.StartAsync(engine)).DisposeAsync();
        string[] settings = [$"--ConnectionStrings:Tracker={engine.ConnectionString}", $"--Tracker:DataFolder={Folder}", "--Tracker:Node=1"];
        await using var stranger = await TestServer.LaunchAsync(engine, null, ("Tracker:DataFolder", Folder), ("Tracker:Node", "1"));
        await Until.TrueAsync(() => stranger.Database.Problem is not null, "it is told");
        Assert.Contains("Put the right keyring.json", stranger.Database.Problem, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(Folder, "mail.eml"), Mails.Proposal(), Ct);
        var instrument = await RunAsync(["instrument", "mail.eml", "--rep", "rita@example.com", .. settings]);
        Assert.Equal(1, instrument.Code);
        await OutAsync(["keyring", "accept", .. settings]);
        await Until.TrueAsync(() => stranger.Database.IsReady, "it goes on without a restart");
    }

    [Fact]
    public async Task A_database_that_is_gone_is_not_made_anew_over_hits_that_wait_for_it()
    {
        await using var engine = await Engine.SqliteAsync();
        string path;
        await using (var server = await TestServer.StartAsync(engine))
        {
            path = new Uri((await (await server.RepClientAsync()).MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl")).PathAndQuery;
        }
        var (database, away) = (Path.Combine(engine.DataFolder, "tracker.db"), Path.Combine(Folder, "tracker.db"));
        File.Move(database, away);
        await using (var server = await TestServer.LaunchAsync(engine))
        {
            Assert.Equal(HttpStatusCode.OK, (await server.VisitAsync(path)).StatusCode);
            await Until.TrueAsync(() => server.Database.Problem?.Contains("is gone", StringComparison.Ordinal) == true, "it is told");
            Assert.False(File.Exists(database));
            Assert.Contains("is gone", (await RunAsync("reps", "list", $"--Tracker:DataFolder={engine.DataFolder}")).Error, StringComparison.Ordinal);
            File.Move(away, database);
            await Until.TrueAsync(() => server.Database.IsReady, "it goes on without a restart");
            await Until.TrueAsync(() => server.Database.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from hits") == 1, Ct), "and the hit is stored");
        }
    }
}
