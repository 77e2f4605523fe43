using System.Diagnostics;
using System.Globalization;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Tests.Outbound;

namespace Tracker.Benchmarks;

/// <summary>No mail, however broken, costs more than its share: seeds 0 to 99,999, as in the tests, each alone on one thread.</summary>
static class MutatedBenchmark
{
    const int Mails = 100_000;

    static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>All that is allocated for one mail, in bytes, which is more than is ever in memory at once.</summary>
    const long Most = 256L << 20;

    static readonly KeyRing Ring = new([new SigningKey(7, [.. Enumerable.Range(1, 32).Select(i => (byte)i)])]);
    static readonly InstrumentOptions Options = new() { PublicUrl = "https://t.example.net", PlainTextLinks = true, CalendarInvites = true, OptOutFooter = "x" };

    public static Task<IReadOnlyList<Result>> RunAsync()
    {
        var mails = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Mails"), "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes).Where(m => m.Length < 40_000).ToList();
        var (began, instrumented) = (Stopwatch.GetTimestamp(), 0);
        (TimeSpan Time, int Seed) slowest = default;
        (long Bytes, int Seed) largest = default;
        for (var seed = 0; seed < Mails; seed++)
        {
            var mail = Mutations.Make(mails, seed);
            var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            var read = OutboundMail.Read(mail, out _);
            instrumented += read?.CopyFor(new(UInt128.One), Ring, Options).Instrumented == true ? 1 : 0;
            _ = read?.TextFingerprint;
            var (time, bytes) = (Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - before);
            slowest = time > slowest.Time ? (time, seed) : slowest;
            largest = bytes > largest.Bytes ? (bytes, seed) : largest;
        }
        return Task.FromResult<IReadOnlyList<Result>>(
        [
            new("mutated", Mails / Stopwatch.GetElapsedTime(began).TotalSeconds, 0, Note: string.Create(CultureInfo.InvariantCulture,
                $"{Mails:N0} mails, {instrumented:N0} instrumented, 0 exceptions; longest {slowest.Time.TotalMilliseconds:N0} ms (seed {slowest.Seed}), at most 2,000; most allocated {largest.Bytes / 1e6:0.0} MB (seed {largest.Seed}), at most 256"))
            { Exceeded = slowest.Time > Longest || largest.Bytes > Most },
        ]);
    }
}
