using Tracker.Domain.Tokens;

namespace Tracker.Benchmarks;

/// <summary>Server and load share the machine's cores. The machine is noisy, so every run is compared with a run of the yardstick just before it.</summary>
static class HttpBenchmarks
{
    /// <summary>A durable answer costs at most three tenths of the throughput, and three times the p99.</summary>
    const double DurableRatio = 0.70;
    const double DurableP99 = 3.0;

    const double InsertRatio = 15;
    const double AllocatedLimit = 1024;

    const int Connections = 128;
    const int Runs = 5, WarmUps = 3;
    static readonly TimeSpan RunTime = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<Result>> BareAsync()
    {
        var results = new List<Result>();
        foreach (var purpose in new[] { TokenPurpose.Open, TokenPurpose.Click })
        {
            await using var server = await YardstickAsync(purpose);
            var target = new Target(server, purpose, Requests.AnyRing);
            await target.RunAsync();
            var runs = new List<LoadResult>();
            for (var i = 0; i < Runs; i++)
            {
                runs.Add(await target.RunAsync());
            }
            results.Add(new($"bare {Name(purpose)}", Median(runs, r => r.PerSecond), Spread(runs, r => r.PerSecond),
                P50: Median(runs, r => r.P50), P99: Median(runs, r => r.P99)));
        }
        return results;
    }

    /// <summary>What a durable answer costs, step by step: the bare answer with a hit that nobody waits for, then waited for, then the real server's without and with the projector.</summary>
    public static async Task<IReadOnlyList<Result>> StepsAsync()
    {
        var steps = new List<Result>();
        foreach (var (name, kind) in new[] { ("bare, hit not waited for", "journal-later"), ("bare, hit waited for", "journal") })
        {
            await using var yardstick = await ServerProcess.YardstickAsync(kind);
            steps.Add(await CompareAsync(name, yardstick, TokenPurpose.Open, Requests.AnyRing));
        }
        using var folder = await Worlds.CopyAsync(Worlds.Full);
        var dataFolder = Path.Combine(folder.Path, "data");
        await (await ServerProcess.TrackerAsync(dataFolder)).DisposeAsync(); // Makes the keys.
        await using (var alone = await ServerProcess.TrackerAsync(dataFolder, "--Tracker:RedirectOnly=true"))
        {
            steps.Add(await CompareAsync("pixel, no projector", alone, TokenPurpose.Open, Requests.RingIn(dataFolder)));
        }
        steps.AddRange(await PixelAsync());
        return [.. steps.SkipLast(1).Select(s => s with { Limit = null, P99Limit = null }), steps[^1]];
    }

    public static Task<IReadOnlyList<Result>> PixelAsync() => TrackerAsync(TokenPurpose.Open);

    public static Task<IReadOnlyList<Result>> ClickAsync() => TrackerAsync(TokenPurpose.Click);

    /// <summary>With ten million hits stored, of copies that are there, so that the projector works beside the requests.</summary>
    static async Task<IReadOnlyList<Result>> TrackerAsync(TokenPurpose purpose)
    {
        using var folder = await Worlds.CopyAsync(Worlds.Full);
        await using var server = await ServerProcess.TrackerAsync(Path.Combine(folder.Path, "data"));
        var ring = Requests.RingIn(server.DataFolder);
        return [await CompareAsync(Name(purpose), server, purpose, ring)];
    }

    /// <summary>One INSERT a request in a transaction of its own, as trackers commonly do: the durable pixel must be fifteen times as fast.</summary>
    public static async Task<IReadOnlyList<Result>> InsertAsync()
    {
        await using var server = await ServerProcess.TrackerAsync();
        await using var insert = await ServerProcess.YardstickAsync("insert");
        var (slow, durable) = (new Target(insert, TokenPurpose.Open, Requests.AnyRing), new Target(server, TokenPurpose.Open, Requests.RingIn(server.DataFolder)));
        for (var i = 0; i < WarmUps; i++)
        {
            await slow.RunAsync();
            await durable.RunAsync();
        }
        var runs = new List<(LoadResult Slow, LoadResult Durable)>();
        for (var i = 0; i < Runs; i++)
        {
            runs.Add((await slow.RunAsync(), await durable.RunAsync()));
        }
        return
        [
            new("pixel against insert", Median(runs, r => r.Durable.PerSecond), Spread(runs, r => r.Durable.PerSecond / r.Slow.PerSecond),
                Median(runs, r => r.Durable.PerSecond / r.Slow.PerSecond), InsertRatio, Median(runs, r => r.Durable.P50), Median(runs, r => r.Durable.P99),
                Note: $"insert {Median(runs, r => r.Slow.PerSecond):N0}/s, p99 {Median(runs, r => r.Slow.P99):0} ms"),
        ];
    }

    /// <summary>Bytes allocated for a request. The database is away, so that only the request path allocates.</summary>
    public static async Task<IReadOnlyList<Result>> AllocationsAsync()
    {
        await using var server = await ServerProcess.TrackerAsync(null, "--ConnectionStrings:Tracker=Host=127.0.0.1;Port=1;Database=away;Username=away;Password=away");
        var results = new List<Result>();
        foreach (var purpose in new[] { TokenPurpose.Open, TokenPurpose.Click })
        {
            var target = new Target(server, purpose, Requests.RingIn(server.DataFolder));
            await target.RunAsync();
            var runs = new List<double>();
            for (var i = 0; i < Runs; i++)
            {
                var before = await server.AllocatedBytesAsync();
                var run = await target.RunAsync();
                runs.Add((await server.AllocatedBytesAsync() - before) / run.Requests);
            }
            var bytes = Median(runs, r => r);
            results.Add(new($"allocations, {Name(purpose)}", bytes, Spread(runs, r => r), AllocatedLimit / bytes, 1, Note: $"{bytes:N0} bytes a request, at most {AllocatedLimit:N0}"));
        }
        return results;
    }

    static async Task<Result> CompareAsync(string name, ServerProcess server, TokenPurpose purpose, KeyRing ring)
    {
        await using var yardstick = await YardstickAsync(purpose);
        var (bare, durable) = (new Target(yardstick, purpose, ring), new Target(server, purpose, ring));
        // Warms up, until what is compiled while it runs is compiled: the first seconds would measure the compiler.
        for (var i = 0; i < WarmUps; i++)
        {
            await RunBothAsync(bare, durable);
        }
        var runs = new List<(LoadResult Bare, LoadResult Durable)>();
        for (var i = 0; i < Runs; i++)
        {
            runs.Add(await RunBothAsync(bare, durable));
        }
        return new(name, Median(runs, r => r.Durable.PerSecond), Spread(runs, r => r.Durable.PerSecond / r.Bare.PerSecond),
            Median(runs, r => r.Durable.PerSecond / r.Bare.PerSecond), DurableRatio,
            Median(runs, r => r.Durable.P50), Median(runs, r => r.Durable.P99), DurableP99 * Median(runs, r => r.Bare.P99),
            $"bare {Median(runs, r => r.Bare.PerSecond):N0}/s, p99 {Median(runs, r => r.Bare.P99):0.00} ms; "
            + $"server CPU {Median(runs, r => r.Durable.Cpu):0.0} µs a request, bare {Median(runs, r => r.Bare.Cpu):0.0}");
    }

    /// <summary>The durable server has hits to store when its run is over; the bare one has the machine to itself all the same.</summary>
    static async Task<(LoadResult Bare, LoadResult Durable)> RunBothAsync(Target bare, Target durable)
    {
        await durable.Server.FreezeAsync();
        var first = await bare.RunAsync();
        await durable.Server.ThawAsync();
        return (first, await durable.RunAsync());
    }

    static Task<ServerProcess> YardstickAsync(TokenPurpose purpose) => ServerProcess.YardstickAsync(Name(purpose));

    static string Name(TokenPurpose purpose) => purpose == TokenPurpose.Click ? "click" : "pixel";

    public static double Median<T>(IReadOnlyCollection<T> runs, Func<T, double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);

    public static double Spread<T>(IReadOnlyCollection<T> runs, Func<T, double> of) => (runs.Max(of) - runs.Min(of)) / Median(runs, of);

    sealed record Target(ServerProcess Server, TokenPurpose Purpose, KeyRing Ring)
    {
        readonly IReadOnlyList<byte[]> _requests = Requests.Of(Purpose, Ring);

        public async Task<LoadResult> RunAsync()
        {
            var before = Server.CpuTime;
            var result = await Load.RunAsync(Server.Port, _requests, Purpose == TokenPurpose.Click ? 302 : 200, Connections, RunTime);
            return result with { Cpu = (Server.CpuTime - before).TotalMicroseconds / result.Requests };
        }
    }
}
