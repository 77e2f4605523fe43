using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>D1, D10, D12, O1: servers are killed or stopped at random moments under load. What was answered is there, once; the feed has it once.</summary>
public sealed class Killed : CommandTests
{
    const int Connections = 8;

    /// <param name="end">Ends the server while requests are under way.</param>
    async Task<List<double>> RoundsAsync(Campaign campaign, int rounds, Func<TrackerProcess, Task> end, params string[] settings)
    {
        var ready = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var (server, address) = await TrackerProcess.ServeAsync(Folder, [.. campaign.Settings, .. settings]);
            ready.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
            await using (server)
            {
                var until = campaign.Answered + Random.Shared.Next(50, 1000);
                var load = campaign.LoadAsync(address, Connections, Ct, goes: true);
                await Until.TrueAsync(() => campaign.Answered >= until || load.IsCompleted, "the load runs");
                await end(server);
                await load;
            }
        }
        return ready;
    }

    static async Task KillAsync(TrackerProcess server)
    {
        server.Process.Kill(); // SIGKILL
        await server.Process.WaitForExitAsync(Ct);
    }

    static async Task TerminateAsync(TrackerProcess server)
    {
        await server.TerminateAsync();
        Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
    }

    async Task SettleAsync(Campaign campaign, params string[] settings)
    {
        var (server, _) = await TrackerProcess.ServeAsync(Folder, [.. campaign.Settings, .. settings]);
        await using (server)
        {
            await campaign.AllThereAsync();
            await TerminateAsync(server);
        }
    }

    [Fact]
    public async Task Nothing_answered_is_lost_or_doubled_when_the_server_is_killed_again_and_again()
    {
        using var campaign = new Campaign(Path.Combine(Folder, "data"));
        await campaign.PrepareAsync();
        var rounds = Rounds.Of(4, 50);
        var ready = await RoundsAsync(campaign, rounds, KillAsync);
        await SettleAsync(campaign);
        Campaign.Say($"D1: {rounds} kills, {campaign.Answered} requests answered, 0 lost, 0 doubled; start to ready {Campaign.Spread(ready)}");
    }

    [Fact]
    public async Task A_stop_under_load_leaves_nothing_behind()
    {
        using var campaign = new Campaign(Path.Combine(Folder, "data"));
        await campaign.PrepareAsync();
        var rounds = Rounds.Of(2, 50);
        await RoundsAsync(campaign, rounds, async server =>
        {
            await TerminateAsync(server);
            await campaign.AllThereAsync(); // At once: a stop stores what is in the journal.
        });
        Campaign.Say($"O1: {rounds} stops, {campaign.Answered} requests answered, each in the database when the process was gone");
    }

    [Fact]
    public async Task Of_two_servers_on_one_PostgreSQL_one_may_be_killed()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var campaign = new Campaign(Path.Combine(Folder, "one"), postgres.ConnectionString);
        await campaign.PrepareAsync();
        Directory.CreateDirectory(Path.Combine(Folder, "two"));
        File.Copy(Path.Combine(Folder, "one", "keyring.json"), Path.Combine(Folder, "two", "keyring.json"));
        string[] second = [$"--Tracker:DataFolder={Path.Combine(Folder, "two")}", "--Tracker:Node=1"];
        var (steady, address) = await TrackerProcess.ServeAsync(Folder, [.. campaign.Settings, .. second]);
        await using (steady)
        {
            using var stop = new CancellationTokenSource();
            var load = campaign.LoadAsync(address, 2, stop.Token);
            var rounds = Rounds.Of(2, 20);
            await RoundsAsync(campaign, rounds, KillAsync);
            await postgres.StopAtOnceAsync();
            var until = campaign.Answered + 100;
            await Until.TrueAsync(() => campaign.Answered >= until, "links work without the database");
            await postgres.BeginAsync();
            await stop.CancelAsync();
            await load;
            await SettleAsync(campaign);
            Campaign.Say($"D12: {rounds} kills of one of two servers, {campaign.Answered} requests answered, PostgreSQL restarted under them, 0 lost, 0 doubled");
        }
    }
}
