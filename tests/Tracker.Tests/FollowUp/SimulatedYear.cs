using Tracker.Access;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Domain.FollowUp;
using Tracker.Domain.Scoring;
using Tracker.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Plans;
using Tracker.FollowUp.Today;
using Tracker.FollowUp.Touches;
using Tracker.Prompts;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.FollowUp;

/// <summary>A team's year: people come in, read, answer, vanish, go on holiday, say stop; reps work from their list and never from memory.</summary>
public sealed class SimulatedYear : IAsyncLifetime
{
    const int Prospects = 2_000, RepCount = 5, TouchesADay = 7;

    // A Monday.
    static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    static readonly string[] Zones = ["Europe/Berlin", "Europe/London", "Europe/Madrid"];
    static readonly string[] Templates = ["lead", "cold", "conference", "referral"];

    readonly Random _chance = new(20_260_105);
    readonly List<(long Id, long Rep)> _people = [];
    readonly Dictionary<long, long> _messages = [];
    Engine _engine = null!;
    TestServer _server = null!;
    long _raised;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static HeatScale Scale => new(TimeSpan.FromHours(72));

    PromptBook Book => (PromptBook)_server.Services.GetService(typeof(PromptBook))!;

    public async ValueTask InitializeAsync()
    {
        _engine = await Engine.SqliteAsync();
        _server = await TestServer.StartAsync(_engine);
        // The server's own clock must not end prompts of another year.
        foreach (var service in _server.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>())
        {
            await service.StopAsync(Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
    }

    bool Happens(double share) => _chance.NextDouble() < share;

    Task InAsync(Func<Session, Task> work) => _server.Database.WriteAsync(work, Ct);

    [Fact]
    public async Task Has_no_orphan_no_lost_obligation_and_no_forgotten_prompt()
    {
        var reps = new List<long>();
        for (var i = 0; i < RepCount; i++)
        {
            reps.Add((await _server.RepAsync($"rep{i}@example.com", $"Rep {i}")).Id);
        }
        await InAsync(s => SetUpAsync(s, reps));
        for (var day = 0; day < 364; day++)
        {
            var morning = Start.AddDays(day);
            await InAsync(async s =>
            {
                if (morning.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                {
                    await ArriveAsync(s, reps, morning);
                    foreach (var rep in reps.Where(r => !IsOff(reps.IndexOf(r), morning)))
                    {
                        await WorkAsync(s, rep, morning.AddHours(2));
                    }
                }
                await ReadAsync(s, morning.AddHours(_chance.Next(0, 12)));
                await Book.TickAsync(s, morning.AddHours(23));
            });
            if (day % 28 == 27)
            {
                await _server.Database.ReadAsync(s => CheckAsync(s, reps, morning.AddHours(23.5)), Ct);
            }
        }
        Assert.Equal(Prospects, _people.Count);
        await _server.Database.ReadAsync(ShapeAsync, Ct);
    }

    // Each rep is away for two weeks, one after the other.
    static bool IsOff(int rep, DateTimeOffset day) => (day - Start).Days / 14 == 10 + rep;

    async Task SetUpAsync(Session s, List<long> reps)
    {
        foreach (var (rep, i) in reps.Select((r, i) => (r, i)))
        {
            var off = Enumerable.Range(0, 14).Select(d => DateOnly.FromDateTime(Start.AddDays((10 + i) * 14 + d).UtcDateTime)).ToDictionary(d => d, string? (_) => "holiday");
            await RepTimes.SaveAsync(s, rep, RepTime.Usual(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")), off);
            _messages[rep] = await s.ScalarAsync<long>(
                "insert into messages (rep_id, kind, subject, text_fingerprint, metadata, created_at_ms) values (@rep, 'mail', 'Our offer', 'f', '{}', @now) returning id", new { rep, now = Start.Ms() });
        }
    }

    async Task ArriveAsync(Session s, List<long> reps, DateTimeOffset now)
    {
        for (var i = 0; i < 8 && _people.Count < Prospects; i++)
        {
            var rep = reps[_chance.Next(reps.Count)];
            var id = await ProspectBook.PutAsync(s, new($"p{_people.Count}@c{_people.Count % 600}.example", $"Person {_people.Count}", TimeZone: Zones[_chance.Next(Zones.Length)]), rep, now);
            _people.Add((id, rep));
            var deal = await DealBook.CreateAsync(s, id, rep, null, _chance.Next(1, 200) * 10_000L, Stage.Lead, new(), now, now);
            await PlanStart.ForDealAsync(s, (await DealRow.FindAsync(s, deal, null))!, Templates[_chance.Next(Templates.Length)], now);
        }
    }

    async Task WorkAsync(Session s, long rep, DateTimeOffset at)
    {
        var list = await TodayEntries.LoadAsync(s, rep, Scale, at.Date.AddDays(1) is var end ? new DateTimeOffset(end, TimeSpan.Zero) : at, at);
        foreach (var entry in await TodayEntries.TellAsync(s, list.Take(TouchesADay)))
        {
            await TouchAsync(s, entry, rep, at.AddMinutes(_chance.Next(0, 300)));
        }
    }

    async Task TouchAsync(Session s, TodayEntry entry, long rep, DateTimeOffset at)
    {
        var kind = entry.Prompt is not null ? TouchKind.Call : TouchKinds.Parse(entry.Owed?.Kind) ?? TouchKind.Call;
        var outcome = !TouchKinds.NeedsTheirHours(kind) ? Outcome.Sent : _chance.NextDouble() switch
        {
            < 0.50 => Outcome.NoAnswer, < 0.70 => Outcome.Voicemail, < 0.92 => Outcome.Connected, < 0.95 => Outcome.NotNow, < 0.97 => Outcome.WillCallUs, < 0.98 => Outcome.Stop, _ => Outcome.Ready,
        };
        var plan = await PlanRow.CurrentAsync(s, entry.ProspectId, rep);
        var next = outcome == Outcome.Connected && (plan is null || Happens(0.3)) ? new NextStep("call", at.AddDays(_chance.Next(1, 20)), "as agreed") : null;
        await TouchBook.RecordAsync(s, new(entry.ProspectId, rep, kind, outcome, at, next) { Reason = entry.Owed?.Reason, Minutes = outcome == Outcome.Connected ? 10 : null }, at);
        if (TouchKinds.IsPhone(kind) || Outcomes.IsAnswer(outcome))
        {
            await Book.AnswerAllAsync(s, entry.ProspectId, rep, Names.Of(outcome), at);
        }
        if (outcome is Outcome.Connected or Outcome.Ready)
        {
            await MoveAsync(s, entry.ProspectId, rep, outcome, at);
        }
        else if (outcome == Outcome.Sent && Happens(0.08))
        {
            await AnswerAsync(s, entry.ProspectId, at.AddHours(3));
        }
        else if (Happens(0.04) && await PlanRow.CurrentAsync(s, entry.ProspectId, rep) is not null)
        {
            await Parking.ParkAsync(s, entry.ProspectId, rep, Happens(0.5) ? at.AddDays(120) : null, "break-up", at);
        }
    }

    Task AnswerAsync(Session s, long prospect, DateTimeOffset at) => _chance.NextDouble() switch
    {
        < 0.6 => AnswersHeard.RepliedAsync(s, prospect, at, at),
        < 0.8 => AnswersHeard.AwayAsync(s, prospect, Happens(0.7) ? at.AddDays(_chance.Next(2, 21)) : null, at, at),
        < 0.95 => AnswersHeard.BouncedAsync(s, prospect, at, at),
        _ => AnswersHeard.StoppedAsync(s, prospect, at, at),
    };

    async Task MoveAsync(Session s, long prospect, long rep, Outcome outcome, DateTimeOffset at)
    {
        if (await DealRow.CurrentAsync(s, prospect, rep) is not { ClosedAtMs: null } deal || !Happens(0.9))
        {
            return;
        }
        var to = outcome == Outcome.Ready && deal.Stage == Stage.Deciding ? Stage.Won : Happens(0.08) ? Stage.Lost : Happens(0.05) ? Stage.NotNow : deal.Stage >= Stage.ProposalSent ? Stage.Won : deal.Stage + _chance.Next(1, 4);
        await DealBook.MoveAsync(s, deal.Id, deal.Stage, to, new(
            to == Stage.MeetingAgreed ? at.AddDays(4) : null, to == Stage.ProposalSent && Happens(0.5) ? at.AddDays(6) : null, true, to is Stage.NotNow or Stage.Lost ? at.AddDays(90) : null, false, ClosingReason.Other), at, at);
        if (PlanStart.Suggested(to) is { } plan && !Stages.IsClosed(to) && Happens(0.7))
        {
            await PlanStart.ForDealAsync(s, (await DealRow.FindAsync(s, deal.Id, null))!, plan, at);
        }
    }

    async Task ReadAsync(Session s, DateTimeOffset at)
    {
        for (var i = 0; i < 6 && _people.Count > 0; i++)
        {
            var (prospect, rep) = _people[_chance.Next(_people.Count)];
            await s.ExecuteAsync("update prospects set last_engaged_at_ms = @at, sittings = sittings + 1, heat_key = @heat where id = @prospect", new { prospect, at = at.Ms(), heat = Scale.KeyOf(4, at) });
            var news = new PromptNews(prospect, rep, _messages[rep], ++_raised, at, "", ["first look", "reading “Our offer”"]) { Interest = "Pricing" };
            if ((await PromptBook.LiveAsync(s, [prospect])) is [var live, ..])
            {
                await Book.RefreshAsync(s, live, news, at);
            }
            else
            {
                await Book.RaiseAsync(s, news, at);
            }
        }
    }

    static async Task<int> CheckAsync(Session s, List<long> reps, DateTimeOffset now)
    {
        Assert.Equal(0, (await DealLists.OrphansAsync(s, null)).Count);
        var seen = new HashSet<long>();
        foreach (var rep in reps)
        {
            seen.UnionWith((await TodayEntries.LoadAsync(s, rep, Scale, now, now)).Select(e => e.ProspectId));
        }
        // Met, or visible: what is due and not settled is on somebody's list.
        var due = await s.QueryAsync<long>("select distinct prospect_id from obligations where settled_at_ms is null and due_at_ms <= @now", new { now = now.Ms() });
        Assert.Empty(due.Except(seen));
        Assert.Equal(0, await s.ScalarAsync<long>("select count(*) from obligations where settled_at_ms is not null and settled_by is null"));
        // A prompt that ran out is on a list until somebody said what came of it.
        var expired = await s.QueryAsync<long>("select distinct prospect_id from prompts where state = 'expired'");
        Assert.Empty(expired.Except(seen));
        Assert.Equal(0, await s.ScalarAsync<long>("""
            select count(*) from prompts p where p.state = 'expired' and not exists (select 1 from obligations o where o.prospect_id = p.prospect_id and o.source = 'missed' and o.settled_at_ms is null)
            and not exists (select 1 from follow_ups f where f.prospect_id = p.prospect_id and f.state <> 'live')
            """));
        Assert.Equal(0, await s.ScalarAsync<long>("select count(*) from plans p join follow_ups f on f.prospect_id = p.prospect_id where f.state <> 'live' and p.state <> 'ended'"));
        await HoursAsync(s, reps);
        return 0;
    }

    sealed record Planned
    {
        public long ProspectId { get; init; }
        public long RepId { get; init; }
        public string Kind { get; init; } = "";
        public long DueAtMs { get; init; }
        public string? TimeZone { get; init; }
        public long? ReviewAtMs { get; init; }
    }

    static async Task HoursAsync(Session s, List<long> reps)
    {
        var times = new Dictionary<long, RepTime>();
        foreach (var rep in reps)
        {
            times[rep] = await RepTimes.LoadAsync(s, rep);
        }
        var planned = await s.QueryAsync<Planned>("""
            select p.prospect_id, p.rep_id, t.kind, t.due_at_ms, c.time_zone, d.review_at_ms from plan_touches t join plans p on p.id = t.plan_id join prospects c on c.id = p.prospect_id left join deals d on d.id = p.deal_id
            where t.state = 'planned' and p.state = 'running'
            """);
        Assert.NotEmpty(planned);
        foreach (var touch in planned.Where(t => t.DueAtMs != t.ReviewAtMs))
        {
            var at = Times.Of(touch.DueAtMs);
            Assert.True(times[touch.RepId].Works(times[touch.RepId].DayOf(at)), $"{touch.Kind} at {at} is on a day off");
            if (TouchKinds.NeedsTheirHours(TouchKinds.Parse(touch.Kind)!.Value))
            {
                Assert.True(at.UtcDateTime.Hour is >= 6 and < 18, $"{touch.Kind} at {at}");
                Assert.True(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(touch.TimeZone!)) is { Hour: >= 8 and < 18, DayOfWeek: not (DayOfWeek.Saturday or DayOfWeek.Sunday) }, $"{touch.Kind} at {at} in {touch.TimeZone}");
            }
        }
    }

    // The year has to have happened, or the checks above say nothing.
    static async Task<int> ShapeAsync(Session s)
    {
        foreach (var (what, least) in new[]
        {
            ("touches", 5_000), ("prompts where state = 'answered'", 500), ("deals where stage = 'won'", 30), ("deals where stage = 'lost'", 50), ("follow_ups where state = 'stopped'", 20),
            ("follow_ups where state = 'parked'", 50), ("plans where state = 'running'", 100), ("plan_touches where changed is not null", 50),
        })
        {
            Assert.InRange(await s.ScalarAsync<long>($"select count(*) from {what}"), least, long.MaxValue);
        }
        return 0;
    }
}
