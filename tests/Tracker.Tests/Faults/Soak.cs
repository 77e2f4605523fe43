using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>D7 and D11: a steady load beside open feeds and queries. The log stays bounded, nobody gets an error, memory does not grow with time.</summary>
public sealed class Soak : CommandTests
{
    const long MaxWal = 64 << 20;

    /// <summary>Seconds; TRACKER_SOAK_SECONDS sets another length, such as 3600.</summary>
    static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("TRACKER_SOAK_SECONDS") ?? (Rounds.Long ? "120" : "8"), CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_steady_load_beside_feeds_and_queries()
    {
        using var campaign = new Campaign(Path.Combine(Folder, "data"));
        await campaign.PrepareAsync();
        var key = (await OutAsync(["keys", "create", "--name", "r", "--scope", "read", "--rep", "rita@example.com", .. campaign.Settings])).Trim();
        var (server, address) = await TrackerProcess.ServeAsync(Folder, campaign.Settings);
        await using (server)
        {
            var reader = new ApiClient(address, key);
            var feeds = new List<FeedClient>();
            for (var i = 0; i < 20; i++)
            {
                feeds.Add(await FeedClient.OpenAsync(reader));
            }
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(Seconds));
            var took = new ConcurrentBag<double>();
            var load = campaign.LoadAsync(address, 4, stop.Token, took);
            var queries = Task.Run(() => QueryAsync(reader, stop.Token), Ct);
            var (wal, memory) = (0L, new List<long>());
            using var every = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
            while (!stop.IsCancellationRequested && await every.WaitForNextTickAsync(Ct))
            {
                wal = Math.Max(wal, new FileInfo(Path.Combine(Folder, "data", "tracker.db-wal")) is { Exists: true } file ? file.Length : 0);
                using var process = Process.GetProcessById(server.Process.Id);
                memory.Add(process.WorkingSet64);
            }
            await load;
            var asked = await queries;
            await campaign.AllThereAsync();
            Assert.InRange(wal, 0, MaxWal);
            foreach (var feed in feeds)
            {
                await feed.DisposeAsync();
            }
            var (early, late) = (memory[memory.Count / 4] >> 20, memory[^1] >> 20);
            Campaign.Say($"D7: {Seconds} s, {Campaign.Spread(took)}; 20 feeds, {asked} queries without an error; log at most {wal >> 20} MiB; memory {early} MiB after a quarter, {late} MiB at the end");
        }
    }

    static async Task<int> QueryAsync(ApiClient reader, CancellationToken stop)
    {
        var asked = 0;
        while (!stop.IsCancellationRequested)
        {
            foreach (var path in (string[])["/prospects/hot", "/messages", "/messages/1/timeline?limit=1000", "/prompts"])
            {
                await reader.GetAsync(path);
                asked++;
            }
        }
        return asked;
    }
}
