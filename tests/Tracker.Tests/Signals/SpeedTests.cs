using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

/// <summary>A guard against a rule that makes judging much dearer, by what it allocates; how long it takes is the benchmark's to say (<c>judge</c>).</summary>
public sealed class SpeedTests
{
    [Fact]
    public void Judging_one_hit_allocates_little()
    {
        var copies = Trace.Read("dev.jsonl").Select(t => new CopyTraffic { SentAt = Make.Sent, LinkCount = t.Links, Hits = t.Hits(Make.Sent) }).ToList();
        copies.ForEach(c => Judge.Review(c, Make.Sent.AddDays(30)));   // so that what is made once is made
        var before = GC.GetAllocatedBytesForCurrentThread();
        copies.ForEach(c => Judge.Review(c, Make.Sent.AddDays(30)));
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / copies.Sum(c => c.Hits.Count);
        TestContext.Current.SendDiagnosticMessage($"judging one hit: {bytes} bytes");
        Assert.True(bytes < 4_000, $"{bytes} bytes a hit");
    }
}
