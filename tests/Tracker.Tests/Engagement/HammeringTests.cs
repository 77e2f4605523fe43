using Tracker.Domain.Signals;
using Tracker.Engagement;
using Tracker.Tests.Signals;
using Tracker.Tests.Support;

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
    public void Ten_times_as_many_hits_at_once_cost_ten_times_as_much_and_no_more()
    {
        JudgeOf(200);
        // Ten in theory, a hundred if all were seen at once. Of this thread's own processor time, the best of three: other programs take none of it.
        var (few, many) = (Enumerable.Range(0, 3).Min(_ => JudgeOf(1_000)), Enumerable.Range(0, 3).Min(_ => JudgeOf(10_000)));
        Assert.True(many < few * 40, $"{few.TotalMilliseconds:0.0} ms for 1,000, {many.TotalMilliseconds:0.0} ms for 10,000");
    }

    static TimeSpan JudgeOf(int count)
    {
        var hits = Hits(count, i => Make.Click(4000 + (i * 0.05), i % 4));
        var began = ThreadTime.Now;
        JudgedHit.Judge(hits, Traffic, Make.Sent.AddDays(1));
        var took = ThreadTime.Now - began;
        Assert.All(hits, h => Assert.Equal(Verdict.Machine, h.After.Verdict));
        return took;
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
