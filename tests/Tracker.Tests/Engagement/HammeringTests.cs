using System.Diagnostics;
using Tracker.Domain.Signals;
using Tracker.Engagement;
using Tracker.Tests.Signals;

namespace Tracker.Tests.Engagement;

public sealed class HammeringTests
{
    static List<JudgedHit> Hits(int count, Func<int, Hit> of)
    {
        var copy = new CopyRow { Id = 1, ProspectId = 1 };
        return [.. Enumerable.Range(0, count).Select(i => new JudgedHit(copy, of(i) with { Id = i + 1 }, null))];
    }

    static readonly CopyTraffic Traffic = new() { SentAt = Make.Sent, LinkCount = 4, Hits = [] };

    [Fact]
    public void A_thousand_hits_at_once_cost_a_thousand_times_one_and_no_more()
    {
        var few = Hits(100, i => Make.Click(4000 + (i * 0.05), i % 4));
        var many = Hits(10_000, i => Make.Click(4000 + (i * 0.05), i % 4));
        JudgedHit.Judge(few, Traffic, Make.Sent.AddDays(1));
        var started = Stopwatch.GetTimestamp();
        JudgedHit.Judge(many, Traffic, Make.Sent.AddDays(1));
        var took = Stopwatch.GetElapsedTime(started);
        Assert.All(many, h => Assert.Equal(Verdict.Machine, h.After.Verdict));
        // 10,000 hits seen at once would take 100 times as long as this allows, on a busy machine too.
        Assert.True(took < TimeSpan.FromSeconds(5), $"{took.TotalMilliseconds:0} ms");
    }

    [Fact]
    public void Judging_history_anew_says_what_judging_it_as_it_came_said()
    {
        Hit Of(int i) => i % 5 == 0 ? Make.Open(4000 + (i * 700), Make.Outlook) : i % 5 == 1 ? Make.Click(4000 + (i * 700)) : Make.Open(4000 + (i * 700), Make.Gmail, "66.249.84.1");
        var (live, anew) = (Hits(200, Of), Hits(200, Of));
        for (var i = 1; i <= live.Count; i++)
        {
            JudgedHit.Judge([.. live.Take(i).Skip(Math.Max(0, i - 49))], Traffic, live[i - 1].Hit.At);
        }
        JudgedHit.JudgeAnew(anew, Traffic, live[^1].Hit.At.AddHours(1));
        Assert.Equal(live.Select(h => h.After.Verdict), anew.Select(h => h.After.Verdict));
    }
}
