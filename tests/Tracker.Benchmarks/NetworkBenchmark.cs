using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tracker.Domain.Signals;
using Tracker.Hits.Networks;

namespace Tracker.Benchmarks;

/// <summary>Finding the known network of an address, as every hit does before it is answered: 15,000 ranges, a quarter of them IPv6.</summary>
static class NetworkBenchmark
{
    /// <summary>One microsecond each.</summary>
    const double Wanted = 1_000_000;

    const int Ranges = 15_000, Addresses = 4_096, Runs = 7;
    static readonly TimeSpan RunTime = TimeSpan.FromSeconds(0.5);

    public static Task<IReadOnlyList<Result>> RunAsync()
    {
        var random = new Random(7);
        var network = new KnownNetwork("some", NetworkCertainty.Probable, ClicksOnly: false);
        var book = new NetworkBook(Enumerable.Range(0, Ranges).Select(i => NetworkRange.Of(new(Address(random, i, i % 4 == 0 ? 48 : 24), i % 4 == 0 ? 48 : 24), network)));
        IPAddress[] addresses = [.. Enumerable.Range(0, Addresses).Select(i => Address(random, i, 128))];
        Time(book, addresses);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Find(book, addresses);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        var runs = Enumerable.Range(0, Runs).Select(_ => Time(book, addresses)).Order().ToList();
        var median = runs[Runs / 2];
        return Task.FromResult<IReadOnlyList<Result>>([new(
            "network", median, (runs[^1] - runs[0]) / median, median / Wanted, 1,
            Note: string.Create(CultureInfo.InvariantCulture, $"{1e9 / median:0} ns an address, against at most 1,000; {bytes} bytes allocated"))]);
    }

    static double Time(NetworkBook book, IPAddress[] addresses)
    {
        var (found, started) = (0L, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started) < RunTime)
        {
            Find(book, addresses);
            found += addresses.Length;
        }
        return found / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static void Find(NetworkBook book, IPAddress[] addresses)
    {
        foreach (var address in addresses)
        {
            book.Find(address);
        }
    }

    static IPAddress Address(Random random, int i, int bits)
    {
        var bytes = new byte[i % 4 == 0 ? 16 : 4];
        random.NextBytes(bytes.AsSpan(0, Math.Min(bytes.Length, bits / 8)));
        return new(bytes);
    }
}
