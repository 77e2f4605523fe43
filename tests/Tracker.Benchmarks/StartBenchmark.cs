using System.Net;
using Tracker.Domain.Tokens;

namespace Tracker.Benchmarks;

/// <summary>From starting the process to the first link followed.</summary>
static class StartBenchmark
{
    const int Runs = 5;
    const double LimitMs = 1000;

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        using var empty = new TemporaryFolder();
        using var full = await Worlds.CopyAsync(Worlds.Full);
        return [await RunAsync("start, empty", empty.Path), await RunAsync("start, 10 million hits", full.Path)];
    }

    static async Task<Result> RunAsync(string name, string folder)
    {
        var dataFolder = Path.Combine(folder, "data");
        // Makes the keys; the first start of all makes more than a start does.
        await (await ServerProcess.TrackerAsync(dataFolder)).DisposeAsync();
        var path = "/c/" + TokenCodec.Sign(Requests.RingIn(dataFolder), TokenPurpose.Click, World.Token(1), 1, Requests.Destination);
        var times = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            times.Add(await ServerProcess.TimeToAsync(dataFolder, path, HttpStatusCode.Redirect));
        }
        return new(name, 1000 / HttpBenchmarks.Median(times, t => t), HttpBenchmarks.Spread(times, t => t), P50: HttpBenchmarks.Median(times, t => t), P99: times.Max(), P99Limit: LimitMs,
            Note: "milliseconds to the first redirect: median and worst of five starts");
    }
}
