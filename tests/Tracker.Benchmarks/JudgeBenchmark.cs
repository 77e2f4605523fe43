using System.Diagnostics;
using System.Globalization;
using Tracker.Domain.Signals;

namespace Tracker.Benchmarks;

/// <summary>Judging alone, without a store: copies with one hit, with a usual handful, and with as many as the judge is ever shown.</summary>
static class JudgeBenchmark
{
    /// <summary>Hits a second that one core must judge: 5 µs each.</summary>
    const double Wanted = 200_000;

    const int Runs = 7;
    static readonly TimeSpan RunTime = TimeSpan.FromSeconds(0.5);
    static readonly DateTimeOffset Sent = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

    static readonly string[] Programs =
    [
        Chrome, "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "Mozilla/5.0",
        "Microsoft Office/16.0 (Microsoft Outlook 16.0.12329; Pro), Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    ];

    public static Task<IReadOnlyList<Result>> RunAsync() =>
        Task.FromResult<IReadOnlyList<Result>>([.. from hits in new[] { 1, 10, 48 } from burst in new[] { false, true } where hits > 1 || !burst select Measure(hits, burst)]);

    static Result Measure(int count, bool burst)
    {
        var copy = new CopyTraffic { SentAt = Sent, LinkCount = 10, Hits = [.. Enumerable.Range(0, count).Select(i => Hit(i, burst))] };
        Time(copy);
        var runs = Enumerable.Range(0, Runs).Select(_ => Time(copy)).Order().ToList();
        var median = runs[Runs / 2];
        return new(
            $"judge-{count}{(burst ? "-burst" : "")}", median, (runs[^1] - runs[0]) / median, median / Wanted, 1,
            Note: string.Create(CultureInfo.InvariantCulture, $"{1e6 / median:0.00} µs a hit, against at most 5"));
    }

    static double Time(CopyTraffic copy)
    {
        var (judged, started) = (0L, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started) < RunTime)
        {
            judged += Judge.Review(copy, Sent.AddDays(1)).Count;
        }
        return judged / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>People's hits through the day, or a scan of all links within seconds. Texts are equal but not the same objects, as they come from the database.</summary>
    static Hit Hit(int i, bool burst)
    {
        var click = burst || i % 3 == 0;
        return new()
        {
            Id = i + 1, Kind = click ? HitKind.Click : HitKind.Open, Link = click ? i % 10 : null, At = Sent.AddSeconds(burst ? 40 + (i * 0.2) : 600 + (i * 411)), Method = "GET",
            UserAgent = new(burst || click ? Chrome : Programs[i % Programs.Length]), SourcePrefix = new(burst ? "192.0.2.0/24" : $"198.51.{i % 7}.0/24"), SourceHash = i % 7,
            Headers = new Dictionary<string, string>
            {
                ["accept"] = "text/html,application/xhtml+xml,*/*;q=0.8", ["accept-language"] = "en-US,en;q=0.9", ["sec-fetch-dest"] = "document", ["sec-fetch-mode"] = "navigate",
            },
        };
    }
}
