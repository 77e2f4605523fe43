using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>D7 and D11: a steady load beside open feeds and queries. The log stays bounded, nobody gets an error, memory does not grow with time.</summary>
public sealed class Soak : CommandTests
{
    const long MaxWal = 64 << 20;
    const int PerSecond = 500;

    /// <summary>Memory is compared with what it is then: before that the runtime still grows into its work.</summary>
    static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(10);

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
            using var ended = new CancellationTokenSource();
            var listening = feeds.Select(f => CountAsync(f, ended.Token)).ToList();
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(Seconds));
            var took = new ConcurrentBag<double>();
            var load = campaign.LoadAsync(address, 8, stop.Token, took, perSecond: PerSecond);
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
            await ended.CancelAsync();
            Assert.All(await Task.WhenAll(listening), told => Assert.True(told > 0));
            foreach (var feed in feeds)
            {
                await feed.DisposeAsync();
            }
            var warm = (int)Math.Min(memory.Count / 4, WarmUp / every.Period);
            var (early, late) = (memory[warm] >> 20, memory[^1] >> 20);
            Campaign.Say($"D7: {Seconds} s at {took.Count / Seconds}/s, {Campaign.Spread(took)}; 20 feeds, {asked} queries without an error; log at most {wal >> 20} MiB; memory {early} MiB after {warm * every.Period.TotalSeconds:0} s, {late} MiB at the end");
            if (Seconds > 2 * WarmUp.TotalSeconds)
            {
                Assert.InRange(late, 0, early * 12 / 10);
            }
        }
    }

    /// <summary>D11: how long an answer takes when the record is on disk before it; how long is said, not judged, because the machine decides.</summary>
    [Theory]
    [InlineData(1_000, 8)]
    [InlineData(5_000, 24)]
    public async Task A_rate_of_requests_is_answered_and_recorded(int perSecond, int connections)
    {
        using var campaign = new Campaign(Path.Combine(Folder, "data"));
        await campaign.PrepareAsync();
        var (server, address) = await TrackerProcess.ServeAsync(Folder, campaign.Settings);
        await using (server)
        {
            var warm = campaign.Answered + 500;
            await campaign.LoadAsync(address, connections, Ct, enough: () => campaign.Answered >= warm, perSecond: perSecond);
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(Rounds.Of(1, 30)));
            var (took, began) = (new ConcurrentBag<double>(), TimeProvider.System.GetTimestamp());
            await campaign.LoadAsync(address, connections, stop.Token, took, perSecond: perSecond);
            Campaign.Say($"D11: {perSecond}/s asked for, {took.Count / TimeProvider.System.GetElapsedTime(began).TotalSeconds:0}/s reached, {Campaign.Spread(took)}");
            await campaign.AllThereAsync();
        }
    }

    /// <summary>Reads all the while: what nobody takes would stay in this process's memory. A stream that ends fails the test.</summary>
    static async Task<long> CountAsync(FeedClient feed, CancellationToken stop)
    {
        for (var count = 0L; ; count++)
        {
            try
            {
                await feed.TakeAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return count;
            }
        }
    }

    static async Task<int> QueryAsync(ApiClient reader, CancellationToken stop)
    {
        var asked = 0;
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        do
        {
            foreach (var path in (string[])["/prospects/hot", "/messages", "/messages/1/timeline?limit=1000", "/prompts", "/companies/hot", "/today", "/prospects/1/timeline?limit=1000"])
            {
                await reader.GetAsync(path);
                asked++;
            }
            using var export = await reader.SendAsync(HttpMethod.Get, "/export/prospects");
            Assert.Equal(HttpStatusCode.OK, export.StatusCode);
            asked++;
        }
        while (!stop.IsCancellationRequested && await pace.WaitForNextTickAsync(Ct));
        return asked;
    }
}
