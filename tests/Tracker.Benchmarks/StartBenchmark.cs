using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tracker.Domain.Tokens;

namespace Tracker.Benchmarks;

/// <summary>From starting the process to the first link followed, of the published product.</summary>
static class StartBenchmark
{
    const int Runs = 5;
    const double LimitMs = 1000;

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        using var empty = new TemporaryFolder();
        using var full = await Worlds.CopyAsync(Worlds.Full);
        using var published = new TemporaryFolder();
        var program = await PublishAsync(published.Path);
        return [await RunAsync("start, empty", program, empty.Path), await RunAsync("start, 10 million hits", program, full.Path)];
    }

    /// <summary>As deploy/README.md says; only the runtime is the machine's.</summary>
    static async Task<string> PublishAsync(string folder)
    {
        using var dotnet = Process.Start(new ProcessStartInfo("dotnet",
            ["publish", SourceFolder(), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--no-self-contained", "--artifacts-path", Path.Combine(folder, "work"), "-o", Path.Combine(folder, "tracker")])
        { RedirectStandardOutput = true })!;
        var said = await dotnet.StandardOutput.ReadToEndAsync();
        await dotnet.WaitForExitAsync();
        return dotnet.ExitCode == 0 ? Path.Combine(folder, "tracker", "tracker") : throw new InvalidOperationException(said);
    }

    static string SourceFolder([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "src", "Tracker"));

    static async Task<Result> RunAsync(string name, string program, string folder)
    {
        var dataFolder = Path.Combine(folder, "data");
        // Makes the keys; the first start of all makes more than a start does.
        await (await ServerProcess.TrackerAsync(dataFolder)).DisposeAsync();
        var path = "/c/" + TokenCodec.Sign(Requests.RingIn(dataFolder), TokenPurpose.Click, World.Token(1), 1, Requests.Destination);
        var times = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            times.Add(await ServerProcess.TimeToAsync(program, dataFolder, path, HttpStatusCode.Redirect));
        }
        return new(name, 1000 / HttpBenchmarks.Median(times, t => t), HttpBenchmarks.Spread(times, t => t), P50: HttpBenchmarks.Median(times, t => t), P99: times.Max(), P99Limit: LimitMs,
            Note: "milliseconds to the first redirect of the published product: median and worst of five starts");
    }
}
