using Tracker.Benchmarks;

// dotnet run -c Release --project tests/Tracker.Benchmarks -- LIST | NAME...
if (args is ["serve", var kind, var port])
{
    // The yardsticks run in a process of their own, as the server does.
    await YardstickServer.RunAsync(kind, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}
if (args is ["load", var at, var data, var seconds])
{
    var ring = data == "bare" ? Requests.AnyRing : Requests.RingIn(data);
    var load = await Load.RunAsync(int.Parse(at, System.Globalization.CultureInfo.InvariantCulture), Requests.Of(Tracker.Domain.Tokens.TokenPurpose.Open, ring), 200, 128, TimeSpan.FromSeconds(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)));
    Console.WriteLine(load);
    return 0;
}
if (args is ["drain", var folder, var prospects, var hits, var backlog])
{
    var world = new World(int.Parse(prospects, System.Globalization.CultureInfo.InvariantCulture), int.Parse(hits, System.Globalization.CultureInfo.InvariantCulture));
    if (!Directory.Exists(folder)) { await world.CreateAsync(folder, TimeProvider.System.GetUtcNow()); }
    Console.Write(Table.Of([await DrainBenchmark.RunAsync("drain", folder, world, int.Parse(backlog, System.Globalization.CultureInfo.InvariantCulture), 10000, 400 << 20)]));
    return 0;
}
if (args is [] or ["LIST"] or ["list"])
{
    foreach (var benchmark in Catalogue.All)
    {
        Console.WriteLine($"{benchmark.Name,-14} {benchmark.About}");
    }
    return 0;
}
if (args.FirstOrDefault(a => Catalogue.All.All(b => b.Name != a)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. LIST names them.");
    return 2;
}
var results = new List<Result>();
foreach (var benchmark in Catalogue.All.Where(b => args.Contains(b.Name)))
{
    Console.Error.WriteLine($"{benchmark.Name}…");
    results.AddRange(await benchmark.RunAsync());
}
Console.Write(Table.Of(results));
return results.Exists(r => r.IsMissed) ? 1 : 0;
