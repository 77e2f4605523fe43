namespace Tracker.Benchmarks;

/// <param name="RunAsync">Gives one or more lines of the table.</param>
sealed record Benchmark(string Name, string About, Func<Task<IReadOnlyList<Result>>> RunAsync);

/// <summary>Every benchmark by name, in the order they run.</summary>
static class Catalogue
{
    public static readonly IReadOnlyList<Benchmark> All =
    [
        new("bare", "the yardsticks: slim Kestrel without logging or work, 43 bytes or a 302", HttpBenchmarks.BareAsync),
        new("instrument", "one tracked copy of a mail of 5 KB and 100 KB, against MimeKit parsing and writing it", InstrumentBenchmark.RunAsync),
        new("mutated", "100,000 mails broken by chance: the longest time and the most memory of any one", MutatedBenchmark.RunAsync),
        new("judge", "judging alone: copies with 1, 10 and 48 hits, by people and by a scan", JudgeBenchmark.RunAsync),
        new("network", "finding an address among 15,000 known ranges", NetworkBenchmark.RunAsync),
        new("journal", "the journal alone: appends/s of 128 appenders, bytes allocated per append", JournalBenchmark.RunAsync),
        new("pixel-steps", "what a durable pixel costs, step by step from the bare answer", HttpBenchmarks.StepsAsync),
        new("today", "the call list of a rep with 5,000 prospects, through HTTP", TodayBenchmark.RunAsync),
        new("pixel", "durable pixel of the real server, against bare", HttpBenchmarks.PixelAsync),
        new("click", "durable click of the real server, against bare", HttpBenchmarks.ClickAsync),
        new("filter", "mails/s of 30 KB through a real Postfix and the filter, against the same Postfix without it", FilterBenchmark.RunAsync),
        new("insert", "durable pixel against one INSERT a request in its own transaction", HttpBenchmarks.InsertAsync),
        new("allocations", "bytes allocated for a pixel and a click", HttpBenchmarks.AllocationsAsync),
        new("drain", "journal to database with verdict, heat, prompt and feed, into a fresh database", DrainBenchmark.FreshAsync),
        new("drain-wide", "the same, of a million copies of which nobody has looked at any", DrainBenchmark.WideAsync),
        new("drain-full", "the same, a backlog of a million behind ten million hits", DrainBenchmark.FullAsync),
        new("feed", "from a request to its event on an open stream, at 1,000 hits/s", FeedBenchmark.RunAsync),
        new("fan-out", "one hit to 5,000 open streams, and what a stream costs", FanOutBenchmark.RunAsync),
        new("hot", "the hot list through HTTP, with no hits and with ten million", HotBenchmark.RunAsync),
        new("size", "bytes a stored hit takes in SQLite", SizeBenchmark.RunAsync),
        new("start", "from the process's start to the first redirect, empty and with ten million hits", StartBenchmark.RunAsync),
        new("page", "the rep's page with 1,000,000 hits stored: first paint, click to screen with 200 streams and 3 tabs, a key's effect, scrolling 10,000 rows", PageBenchmark.RunAsync),
    ];
}
