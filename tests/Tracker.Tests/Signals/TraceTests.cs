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
            score.Add(trace, TracePlayer.Play(new()
            {
                SentAt = Sent, LinkCount = trace.Links, Honeypots = trace.HoneypotLink is { } link ? new HashSet<int> { link } : [], Hits = trace.Hits(Sent),
            }));
        }
        TestContext.Current.SendDiagnosticMessage(score.ToString());
        Assert.True(score.Traces > 100, "the traces were not found");
        Assert.True((score.Wrong, score.Missed, score.TooMany) == (0, 0, 0) && score.Withdrawn <= 2, score.ToString());
        Assert.True(score.VerdictsRight >= 0.97 * score.Verdicts, score.ToString());
    }
}
