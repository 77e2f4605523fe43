using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Tracker.Journal;

namespace Tracker.Benchmarks;

/// <summary>The journal without a server around it, drained as the projector would.</summary>
static class JournalBenchmark
{
    const int Appenders = 128;
    const int Runs = 5;
    static readonly TimeSpan RunTime = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        using var folder = new TemporaryFolder();
        await using var journal = HitJournal.Open(new() { Folder = folder.Path }, TimeProvider.System, NullLogger<HitJournal>.Instance);
        await AppendAsync(journal);
        var runs = new List<Run>();
        for (var i = 0; i < Runs; i++)
        {
            runs.Add(await AppendAsync(journal));
            journal.Release(journal.Status.LastRecorded);
        }
        double Median(Func<Run, double> of) => HttpBenchmarks.Median(runs, of);
        return
        [
            new("journal", Median(r => r.PerSecond), HttpBenchmarks.Spread(runs, r => r.PerSecond), P50: Median(r => r.P50), P99: Median(r => r.P99),
                Note: $"{Appenders} appenders; {Median(r => r.Bytes):0} bytes allocated and {Median(r => 1 / r.SyncsPerHit):0.0} hits per sync"),
        ];
    }

    /// <summary>Reads and releases, so that the disk does not fill.</summary>
    public static async Task DrainAsync(HitJournal journal, CancellationToken ct)
    {
        var last = 0L;
        while (!ct.IsCancellationRequested)
        {
            await journal.WaitForMoreAsync(last, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (journal.Read(last, 1000) is [.., var record])
            {
                last = record.HitId;
            }
            journal.Release(last);
        }
    }

    static async Task<Run> AppendAsync(HitJournal journal)
    {
        // Made beforehand, so that only the journal's own allocations are counted.
        var lists = Enumerable.Range(0, Appenders).Select(_ => new List<long>(1 << 15)).ToArray();
        var (allocated, before, start) = (GC.GetTotalAllocatedBytes(precise: true), journal.Status, Stopwatch.GetTimestamp());
        await Task.WhenAll(lists.Select(l => Task.Run(() => AppenderAsync(journal, start, l))));
        var (bytes, after) = (GC.GetTotalAllocatedBytes(precise: true) - allocated, journal.Status);
        var hits = after.Recorded - before.Recorded;
        var latencies = lists.SelectMany(l => l).Order().ToArray();
        if (hits != latencies.Length)
        {
            throw new InvalidOperationException($"{latencies.Length - hits} of {latencies.Length} hits were not recorded in time.");
        }
        return new(hits / RunTime.TotalSeconds, (after.Syncs - before.Syncs) / (double)hits, (double)bytes / hits,
            latencies[hits / 2] * 1000.0 / Stopwatch.Frequency, latencies[hits * 99 / 100] * 1000.0 / Stopwatch.Frequency);
    }

    static async Task AppenderAsync(HitJournal journal, long start, List<long> latencies)
    {
        var payload = new byte[200];
        while (Stopwatch.GetElapsedTime(start) < RunTime)
        {
            var sent = Stopwatch.GetTimestamp();
            await journal.Append(payload).Recorded;
            latencies.Add(Stopwatch.GetTimestamp() - sent);
        }
    }

    sealed record Run(double PerSecond, double SyncsPerHit, double Bytes, double P50, double P99);
}
