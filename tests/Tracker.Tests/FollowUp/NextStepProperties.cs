using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.Plans;
using Tracker.FollowUp.Today;
using Tracker.FollowUp.Touches;
using Tracker.Prompts;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.FollowUp;

/// <summary>Whatever happens to a prospect, in whatever order: they are never without a next step, and no plan acts past "stop".</summary>
public sealed class NextStepProperties : IAsyncLifetime
{
    // A Monday.
    static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    static readonly Stage[] Open = [Stage.Lead, Stage.MeetingAgreed, Stage.Met, Stage.ItemsAsked, Stage.ItemsReceived, Stage.ProposalSent, Stage.Deciding];

    Engine _engine = null!;
    TestServer _server = null!;
    long _rep, _message, _made;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    PromptBook Prompts => _server.Services.GetRequiredService<PromptBook>();

    public async ValueTask InitializeAsync()
    {
        _engine = await Engine.SqliteAsync();
        _server = await TestServer.StartAsync(_engine);
        // The server's own clock must not end prompts of another year.
        foreach (var service in _server.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>())
        {
            await service.StopAsync(Ct);
        }
        _rep = (await _server.RepAsync("rita@example.com", "Rita")).Id;
        _message = await _server.Database.WriteAsync(s => s.ScalarAsync<long>(
            "insert into messages (rep_id, kind, subject, text_fingerprint, metadata, created_at_ms) values (@rep, 'mail', 'Our offer', 'f', '{}', 0) returning id", new { rep = _rep }), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
    }

    /// <param name="What">Which of the things that can happen.</param>
    /// <param name="Choice">Which kind, outcome, stage or template.</param>
    sealed record Event(int What, int Choice, int HoursLater);

    static readonly Gen<Event[]> Histories = Gen.Select(Gen.Int[0, 19], Gen.Int[0, 200], Gen.Int[1, 200], (what, choice, later) => new Event(what, choice, later)).Array[5, 16];

    [Fact]
    public async Task No_live_prospect_is_ever_without_a_next_step_and_no_plan_acts_past_stop() => await Histories.SampleAsync(async history =>
    {
        var now = Start;
        var id = await _server.Database.WriteAsync(async s =>
        {
            var prospect = await ProspectBook.PutAsync(s, new($"p{Interlocked.Increment(ref _made)}@customer.example", "Paul", TimeZone: "Europe/Berlin"), _rep, now);
            await DealBook.CreateAsync(s, prospect, _rep, null, 0, Stage.Lead, new(), now, now);
            return prospect;
        }, Ct);
        foreach (var e in history)
        {
            now = now.AddHours(e.HoursLater);
            try
            {
                await _server.Database.WriteAsync(s => HappenAsync(s, id, e, now), Ct);
            }
            catch (ProblemException)
            {
                // Refused, as over REST: nothing of it has happened.
            }
            await _server.Database.ReadAsync(s => CheckAsync(s, id, e), Ct);
        }
    }, iter: 60, threads: 1);

    async Task HappenAsync(Session s, long id, Event e, DateTimeOffset now)
    {
        var plan = await PlanRow.CurrentAsync(s, id, _rep);
        var deal = (await DealRow.CurrentAsync(s, id, _rep))!;
        var work = e.What switch
        {
            < 9 => TouchAsync(s, id, e.Choice, now),
            9 => AnswersHeard.RepliedAsync(s, id, now, now),
            10 => AnswersHeard.AwayAsync(s, id, e.Choice % 2 == 0 ? now.AddDays(9) : null, now, now),
            11 => AnswersHeard.BouncedAsync(s, id, now, now),
            12 => e.Choice % 4 == 0 ? AnswersHeard.StoppedAsync(s, id, now, now) : Parking.ParkAsync(s, id, _rep, e.Choice % 2 == 0 ? now.AddDays(90) : null, "break-up", now),
            13 => LookAsync(s, id, now),
            14 => Prompts.TickAsync(s, now),
            15 => PlanStart.ForDealAsync(s, deal, PlanTemplates.All[e.Choice % PlanTemplates.All.Count].Key, now),
            16 => PlanBook.EndAsync(s, id, _rep, e.Choice % 2 == 0 ? "ready" : "other", now),
            17 when plan is not null => EditAsync(s, plan, e.Choice, now),
            _ => MoveAsync(s, deal, e.Choice, now),
        };
        await work;
    }

    async Task TouchAsync(Session s, long id, int choice, DateTimeOffset now)
    {
        var kind = (TouchKind)(choice % 9);
        var outcome = TouchKinds.NeedsTheirHours(kind) ? (Outcome)(choice % 9) : Outcome.Sent;
        var next = (choice / 9 % 4) switch { 0 => new NextStep("call", now.AddDays(5), "as agreed"), 1 when choice % 7 == 0 => new NextStep(NextStep.Stop, null, "no more"), _ => null };
        await TouchBook.RecordAsync(s, new(id, _rep, kind, outcome, now, outcome == Outcome.Stop ? null : next) { Theirs = choice % 11 == 0 && outcome != Outcome.Stop }, now);
        await Prompts.AnswerAllAsync(s, id, _rep, Names.Of(outcome), now);
    }

    async Task LookAsync(Session s, long id, DateTimeOffset now)
    {
        var news = new PromptNews(id, _rep, _message, Interlocked.Increment(ref _made), now, "", ["first look"]);
        if ((await PromptBook.LiveAsync(s, [id])) is [var live, ..])
        {
            await Prompts.RefreshAsync(s, live, news, now);
        }
        else
        {
            await Prompts.RaiseAsync(s, news, now);
        }
    }

    static async Task EditAsync(Session s, PlanRow plan, int choice, DateTimeOffset now)
    {
        var next = (await PlanTouchRow.OfAsync(s, plan.Id)).First(t => t.State == "planned");
        switch (choice % 4)
        {
            case 0:
                await PlanEdits.SkipAsync(s, plan, next, now);
                break;
            case 1:
                await PlanEdits.ChangeAsync(s, plan, next, new(At: now.AddDays(choice % 40 + 1)), now);
                break;
            case 2:
                await PlanBook.PauseAsync(s, plan.ProspectId, plan.RepId, now.AddDays(12), "paused by the rep", now);
                break;
            default:
                await PlanEdits.AddAsync(s, plan, new("visit", null, now.AddDays(choice % 40 + 1), $"a reason of {now:O}"), now);
                break;
        }
    }

    static Task MoveAsync(Session s, DealRow deal, int choice, DateTimeOffset now) => deal.ClosedAtMs is not null ? Task.CompletedTask
        : DealBook.MoveAsync(s, deal.Id, deal.Stage, choice % 12 == 0 ? Stage.NotNow : Open[choice % Open.Length], new(now.AddDays(4), null, SkipReview: true, AskAgainAt: now.AddDays(60)), now, now);

    async Task<int> CheckAsync(Session s, long id, Event e)
    {
        Assert.False((await DealLists.OrphansAsync(s, null)).Items.Any(o => o.ProspectId == Ids.Text(id)), $"{e}: nothing is owed to them");
        var state = await s.ScalarAsync<string>("select state from follow_ups where prospect_id = @id", new { id });
        var plan = await PlanRow.CurrentAsync(s, id, _rep);
        var owed = await Obligations.OpenAsync(s, id, _rep);
        Assert.True(state == FollowUpState.Live || plan is null, $"{e}: a plan is {plan?.State} though they are {state}");
        Assert.True(state != FollowUpState.Stopped || owed.All(o => o.Source is ObligationSources.Missed or ObligationSources.Answer), $"{e}: {state}, and owed: {string.Join(", ", owed)}");
        var planned = owed.Where(o => o.Source == ObligationSources.Plan).ToList();
        if (plan is { State: "running" })
        {
            // What is owed is what the plan has next.
            var next = (await PlanTouchRow.OfAsync(s, plan.Id)).First(t => t.State == "planned");
            var told = Assert.Single(planned);
            Assert.Equal((next.Kind, next.DueAtMs, next.Reason), (told.Kind, told.DueAt.ToUnixTimeMilliseconds(), told.Reason));
        }
        else
        {
            Assert.True(planned.Count <= (plan is null ? 0 : 1), $"{e}: {string.Join(", ", planned)}");
        }
        return 0;
    }
}
