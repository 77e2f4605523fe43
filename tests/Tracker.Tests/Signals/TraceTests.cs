using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

public sealed class TraceTests
{
    static readonly DateTimeOffset Sent = Make.Sent;

    [Fact]
    public void Labelled_traffic_raises_the_right_prompts()
    {
        var score = new TraceScore();
        foreach (var trace in Trace.Read("dev.jsonl"))
        {
            score.Add(trace, TracePlayer.Play(CopyOf(trace, Sent)));
        }
        TestContext.Current.SendDiagnosticMessage(score.ToString());
        Assert.True(score.Traces > 100, "the traces were not found");
        Assert.True((score.Wrong, score.Missed, score.TooMany) == (0, 0, 0) && score.Withdrawn <= 2, score.ToString());
        Assert.True(score.VerdictsRight >= 0.97 * score.Verdicts, score.ToString());
    }

    /// <summary>These labels rest on the seconds since sending: without them the same bytes are a reader's, and no rule can know better.</summary>
    static readonly string[] KnownByTimeAlone = ["gmail-proxy-early", "too-fast"];

    [Theory]
    [InlineData(nameof(SendTime.Known))]
    [InlineData(nameof(SendTime.Unknown))]
    [InlineData(nameof(SendTime.Late))]
    public void Varied_traffic_raises_the_right_prompts_all_the_same(string sendTime)
    {
        var known = Enum.Parse<SendTime>(sendTime);
        var variants = new TraceVariants(new Random(20260302));
        var traces = Trace.Read("dev.jsonl").Where(t => known == SendTime.Known || !KnownByTimeAlone.Contains(t.Category)).ToList();
        var score = new TraceScore();
        for (var i = 0; i < (Long.Run ? 10_000 : 1_000); i++)
        {
            var trace = variants.Vary(traces[i % traces.Count]);
            score.Add(trace, TracePlayer.Play(CopyOf(trace, variants.Told(known, Sent))));
        }
        TestContext.Current.SendDiagnosticMessage($"send time {sendTime}: {score}");
        Assert.True(score.Wrong + score.Missed <= 0.01 * score.Traces, score.ToString());
    }

    static CopyTraffic CopyOf(Trace trace, DateTimeOffset? sentAt) => new()
    {
        SentAt = sentAt, LinkCount = trace.Links, Honeypots = trace.HoneypotLink is { } link ? new HashSet<int> { link } : [], Hits = trace.Hits(Sent),
    };
}
