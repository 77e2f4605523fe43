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
            score.Add(trace, TracePlayer.Play(CopyOf(trace, Sent, Sent)));
        }
        TestContext.Current.SendDiagnosticMessage(score.ToString());
        Assert.True(score.Traces > 100, "the traces were not found");
        Assert.True((score.Wrong, score.Missed, score.TooMany) == (0, 0, 0) && score.Withdrawn <= 2, score.ToString());
        Assert.True(score.VerdictsRight >= 0.97 * score.Verdicts, score.ToString());
    }

    [Theory]
    [InlineData(20260302)]
    [InlineData(4711)]
    [InlineData(11)]
    public void Varied_traffic_raises_the_right_prompts_all_the_same(int seed)
    {
        var variants = new TraceVariants(new Random(seed));
        var traces = Trace.Read("dev.jsonl");
        var scores = Enum.GetValues<SendTime>().ToDictionary(s => s, _ => new TraceScore());
        for (var i = 0; i < 10_000; i++)
        {
            var known = variants.Draw();
            var trace = variants.Vary(traces[i % traces.Count]);
            scores[known].Add(trace, TracePlayer.Play(CopyOf(trace, variants.Told(known, Sent), variants.Made(Sent))));
        }
        var told = string.Join("\n", scores.Select(s => $"send time {s.Key}: {s.Value}"));
        TestContext.Current.SendDiagnosticMessage(told);
        Assert.True(scores.Values.Sum(s => s.Wrong + s.Missed) <= 0.01 * scores.Values.Sum(s => s.Traces), told);
    }

    [Theory]
    [InlineData("heldout.jsonl")]
    [InlineData("independent.jsonl")]
    public void Traffic_that_the_rules_were_not_made_from_raises_the_right_prompts(string file)
    {
        var score = new TraceScore();
        foreach (var trace in Trace.Read(file))
        {
            score.Add(trace, TracePlayer.Play(CopyOf(trace, Sent, Sent)));
        }
        TestContext.Current.SendDiagnosticMessage(score.ToString());
        Assert.True(score.Traces > 100, "the traces were not found");
        Assert.True(score.Wrong + score.Missed <= 0.01 * score.Traces && score.TooMany == 0, score.ToString());
        Assert.True(score.VerdictsRight >= 0.97 * score.Verdicts, score.ToString());
    }

    static CopyTraffic CopyOf(Trace trace, DateTimeOffset? sentAt, DateTimeOffset madeAt) => new()
    {
        SentAt = sentAt, MadeAt = madeAt, LinkCount = trace.Links, Honeypots = trace.HoneypotLink is { } link ? new HashSet<int> { link } : [], Hits = trace.Hits(Sent),
    };
}
