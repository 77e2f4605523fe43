using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

public sealed class SalesDayTests
{
    static readonly int Lives = Long.Run ? 60_000 : 6_000;

    [Fact]
    public void Gateways_leave_no_prompt_standing_and_people_raise_one_in_time()
    {
        var day = new SalesDay(new Random(20260302));
        var tally = new Tally();
        for (var i = 0; i < Lives; i++)
        {
            var life = day.Next(gateway: i % 3 != 1, person: i % 3 != 0);
            tally.Add(life, TracePlayer.Play(life.Copy));
        }
        TestContext.Current.SendDiagnosticMessage(tally.ToString());
        Assert.True(tally.BurstsStanding <= 0.001 * tally.Bursts, tally.ToString());
        Assert.True(tally.PeoplePrompted >= 0.99 * tally.People, tally.ToString());
        Assert.True(tally.MedianDelay(risky: false) <= TimeSpan.FromSeconds(1), tally.ToString());
        Assert.True(tally.MedianDelay(risky: true) <= TimeSpan.FromSeconds(10), tally.ToString());
    }

    sealed class Tally
    {
        readonly List<(bool Risky, TimeSpan Delay)> _delays = [];
        readonly List<string> _odd = [];

        public int Bursts { get; private set; }
        public int BurstsStanding { get; private set; }
        public int BurstsWithdrawn { get; private set; }
        public int People { get; private set; }
        public int PeoplePrompted { get; private set; }

        public void Add(Life life, Played played)
        {
            var human = played.Final.Where(j => j.Verdict == Verdict.Human).ToList();
            if (life.Gateway.Count > 0)
            {
                var standing = human.Find(j => life.Gateway.Contains(j.HitId));
                Bursts++;
                BurstsStanding += standing is null ? 0 : 1;
                BurstsWithdrawn += played.Prompts.Any(p => p.WithdrawnAt is not null) ? 1 : 0;
                Note(standing is not null, $"gateway's {standing?.HitId}: {standing?.Reasons[0]}");
            }
            if (life.Person.Count > 0)
            {
                People++;
                var first = life.Copy.Hits[(int)life.Person.Min()];
                var prompt = played.Standing.FirstOrDefault();
                var prompted = prompt is not null && human.Exists(j => life.Person.Contains(j.HitId));
                PeoplePrompted += prompted ? 1 : 0;
                Note(!prompted, $"missed after {(first.At - Make.Sent).TotalSeconds:0} s: {played.Final[(int)first.Id].Reasons[0]}");
                if (prompted)
                {
                    _delays.Add((first.At - Make.Sent < TimeSpan.FromMinutes(5), prompt!.At < first.At ? TimeSpan.Zero : prompt.At - first.At));
                }
            }
        }

        public TimeSpan MedianDelay(bool risky) => _delays.Where(d => d.Risky == risky).Select(d => d.Delay).Order().ElementAt(_delays.Count(d => d.Risky == risky) / 2);

        void Note(bool odd, string what)
        {
            if (odd)
            {
                _odd.Add(what);
            }
        }

        public override string ToString() =>
            $"{BurstsStanding} of {Bursts} bursts leave a prompt standing, {BurstsWithdrawn} had one withdrawn; {PeoplePrompted} of {People} people prompt; "
            + $"median delay {MedianDelay(true).TotalSeconds:0.0} s in the risky window, {MedianDelay(false).TotalSeconds:0.0} s outside\n"
            + string.Join("\n", _odd.CountBy(o => o).OrderByDescending(o => o.Value).Take(25).Select(o => $"{o.Value}× {o.Key}"));
    }
}
