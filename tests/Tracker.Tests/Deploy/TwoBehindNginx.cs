using Tracker.Tests.Commands;
using Tracker.Tests.Faults;
using Tracker.Tests.Support;

namespace Tracker.Tests.Deploy;

/// <summary>O1: two servers on one PostgreSQL behind a proxy that asks the other when one is away; they are restarted in turn under load, and nobody notices.</summary>
public sealed class TwoBehindNginx : CommandTests
{
    const int PerSecond = 500;

    string[] Of(int node, string connection, int port) =>
        [$"--urls=http://127.0.0.1:{port}", $"--Tracker:Node={node}", $"--Tracker:DataFolder={Path.Combine(Folder, $"node{node}")}", $"--ConnectionStrings:Tracker={connection}", "--Tracker:Journal:AnswerWithinMilliseconds=10000", "--Logging:LogLevel:Default=Warning"];

    [Fact]
    public async Task Servers_are_restarted_under_load_and_no_request_fails()
    {
        await using var engine = await Engine.PostgresAsync();
        using var campaign = new Campaign(Path.Combine(Folder, "node0"), engine.ConnectionString);
        await campaign.PrepareAsync();
        Directory.CreateDirectory(Path.Combine(Folder, "node1"));
        File.Copy(Path.Combine(Folder, "node0", "keyring.json"), Path.Combine(Folder, "node1", "keyring.json"));
        int[] ports = [TcpPorts.Free(), TcpPorts.Free()];
        var servers = new TrackerProcess[2];
        var front = new Uri($"http://127.0.0.1:{TcpPorts.Free()}");
        var longest = TimeSpan.Zero;
        try
        {
            for (var node = 0; node < 2; node++)
            {
                servers[node] = (await TrackerProcess.ServeAsync(Folder, Of(node, engine.ConnectionString, ports[node]))).Process;
            }
            await using var nginx = await Nginx.StartAsync(Folder, $$"""
                access_log off;
                upstream trackers { server 127.0.0.1:{{ports[0]}} max_fails=0; server 127.0.0.1:{{ports[1]}} max_fails=0; }
                server {
                    listen {{front.Authority}};
                    location / { proxy_pass http://trackers; proxy_next_upstream error timeout; proxy_connect_timeout 2s; }
                }
                """);
            using var http = new HttpClient { BaseAddress = front };
            await Until.TrueAsync(() => http.IsLiveAsync(Ct), "the proxy answers");
            using var stop = new CancellationTokenSource();
            var load = campaign.LoadAsync(front, 8, stop.Token, perSecond: PerSecond);
            var rounds = Rounds.Of(2, 50);
            for (var round = 0; round < rounds; round++)
            {
                var (node, until) = (round % 2, campaign.Answered + 100);
                await Until.TrueAsync(() => campaign.Answered >= until || load.IsCompleted, "the load runs");
                var began = TimeProvider.System.GetTimestamp();
                await servers[node].TerminateAsync();
                Assert.Equal(0, (await servers[node].EndAsync(TimeSpan.FromSeconds(30))).Code);
                longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, TimeProvider.System.GetElapsedTime(began).Ticks));
                await servers[node].DisposeAsync();
                servers[node] = (await TrackerProcess.ServeAsync(Folder, Of(node, engine.ConnectionString, ports[node]))).Process;
            }
            await stop.CancelAsync();
            await load; // Every single answer was the right one, or this fails.
            await campaign.AllThereAsync();
            Campaign.Say($"O1: {rounds} restarts of two servers behind nginx, {campaign.Answered} requests answered, 0 failed, 0 lost, 0 doubled; a stop took at most {longest.TotalSeconds:0.0} s");
        }
        finally
        {
            foreach (var server in servers.OfType<TrackerProcess>())
            {
                await server.DisposeAsync();
            }
        }
    }
}
