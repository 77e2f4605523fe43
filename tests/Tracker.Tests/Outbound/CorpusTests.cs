using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

public sealed class CorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Figures()
    {
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var links = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, bytes) in Corpus.All())
        {
            if (OutboundMail.Read(bytes, out var refusal) is not { } mail)
            {
                Count(reasons, $"refused: {refusal}");
                continue;
            }
            var copy = mail.CopyFor(Post.Copy, Post.Ring, Post.Options);
            Count(reasons, copy.Reason ?? "instrumented");
            foreach (var link in copy.Instrumented ? copy.Links : [])
            {
                Count(links, link.Reason ?? "tracked");
            }
            if (copy.Reason?.Contains("read back", StringComparison.Ordinal) ?? false) { output.WriteLine(name); }
        }
        foreach (var (reason, count) in reasons.Concat(links))
        {
            output.WriteLine($"{count,6}  {reason}");
        }
    }

    static void Count(SortedDictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
