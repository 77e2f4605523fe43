using System.Diagnostics;
using System.Net.Http.Headers;

namespace Tracker.Benchmarks;

/// <summary>The hot list through HTTP, one caller after the other answer, over an empty history and over ten million hits.</summary>
static class HotBenchmark
{
    const int Requests = 3000, WarmUp = 1000, Runs = 3;
    const double P99Limit = 5;

    public static async Task<IReadOnlyList<Result>> RunAsync() => [await RunAsync("hot, no hits", Worlds.Empty), await RunAsync("hot, 10 million hits", Worlds.Full)];

    static async Task<Result> RunAsync(string name, World world)
    {
        using var folder = await Worlds.CopyAsync(world);
        var dataFolder = Path.Combine(folder.Path, "data");
        var key = await Worlds.KeyAsync(dataFolder);
        await using var server = await ServerProcess.TrackerAsync(dataFolder);
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await AskAsync(client, WarmUp);
        var runs = new List<double[]>();
        for (var i = 0; i < Runs; i++)
        {
            runs.Add(await AskAsync(client, Requests));
        }
        return new(name, HttpBenchmarks.Median(runs, r => 1000 / r.Average()), HttpBenchmarks.Spread(runs, r => r[Requests * 99 / 100]),
            P50: HttpBenchmarks.Median(runs, r => r[Requests / 2]), P99: HttpBenchmarks.Median(runs, r => r[Requests * 99 / 100]), P99Limit: P99Limit,
            Note: $"top 20 of {world.Prospects:N0} prospects");
    }

    static async Task<double[]> AskAsync(HttpClient client, int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(new Uri("/api/v1/prospects/hot?limit=20", UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync();
            times[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        }
        Array.Sort(times);
        return times;
    }
}
