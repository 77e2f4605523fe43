namespace Tracker.Benchmarks;

/// <param name="RunAsync">Gives one or more lines of the table.</param>
sealed record Benchmark(string Name, string About, Func<Task<IReadOnlyList<Result>>> RunAsync);

/// <summary>Every benchmark by name, in the order they run.</summary>
static class Catalogue
{
    public static readonly IReadOnlyList<Benchmark> All =
    [
        new("bare", "the yardsticks: slim Kestrel without logging or work, 43 bytes or a 302", HttpBenchmarks.BareAsync),
        new("judge", "judging alone: copies with 1, 10 and 48 hits, by people and by a scan", JudgeBenchmark.RunAsync),
        new("network", "finding an address among 15,000 known ranges", NetworkBenchmark.RunAsync),
        new("journal", "the journal alone: appends/s of 128 appenders, bytes allocated per append", JournalBenchmark.RunAsync),
        new("journal-http", "the bare pixel that waits for the journal: what durability itself costs", HttpBenchmarks.JournalAsync),
        new("pixel", "durable pixel of the real server, against bare", HttpBenchmarks.PixelAsync),
        new("click", "durable click of the real server, against bare", HttpBenchmarks.ClickAsync),
        new("page", "the rep's page with 1,000,000 hits stored: first paint, click to screen with 200 streams and 3 tabs, a key's effect, scrolling 10,000 rows", PageBenchmark.RunAsync),
    ];
}
