using Tracker.Benchmarks;

// dotnet run -c Release --project tests/Tracker.Benchmarks -- LIST | all | NAME... [--small]
if (args is ["serve", var kind, var port])
{
    // The yardsticks run in a process of their own, as the server does.
    await YardstickServer.RunAsync(kind, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}
Worlds.Small = args.Contains("--small");
args = [.. args.Where(a => a != "--small")];
if (args is [] or ["LIST"] or ["list"])
{
    foreach (var benchmark in Catalogue.All)
    {
        Console.WriteLine($"{benchmark.Name,-14} {benchmark.About}");
    }
    return 0;
}
if (args is ["all"])
{
    args = [.. Catalogue.All.Select(b => b.Name)];
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
    var some = await benchmark.RunAsync();
    Console.Error.Write(Table.Of(some));
    results.AddRange(some);
}
Console.Write(Table.Of(results));
return results.Exists(r => r.IsMissed) ? 1 : 0;
