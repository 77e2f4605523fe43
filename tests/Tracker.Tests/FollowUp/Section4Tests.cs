using System.Net;
using Tracker.FollowUp;
using Tracker.Tests.Support;

namespace Tracker.Tests.FollowUp;

/// <summary>Timing and value; and what comes in by mail.</summary>
public abstract class Section4(Func<Task<Engine>> start) : FollowUpContract(start)
{
    [Fact(DisplayName = "4.1 Prompts expire; time from signal to first call is measured and shown per rep to that rep")]
    public async Task Signal_to_call_is_measured()
    {
        var prompt = await ReadAsync(await MailAsync());
        Server.Time.Advance(TimeSpan.FromMinutes(12));
        await Rita.PostAsync($"/prompts/{prompt.Text("id")}/outcome", new { outcome = "noAnswer" });
        await ReadAsync(await MailAsync("other@customer.example", text: "Another text."));
        await MissAsync();
        var figure = Assert.Single(Items(await Rita.GetAsync("/signals/call-times"), "items"));
        Assert.Equal(("rita@example.com", 1, 1), (figure.Text("rep"), (int)figure.At("calls")!, (int)figure.At("missed")!));
        Assert.InRange((double)figure.At("medianMinutes")!, 12, 14);
        Assert.InRange((double)figure.At("p90Minutes")!, 12, 14);
        var olga = await Server.RepClientAsync("olga@example.com");
        Assert.Empty(Items(await olga.GetAsync("/signals/call-times"), "items"));
    }

    [Fact(DisplayName = "4.2 No reply is not disinterest: silent but reading is a list of its own, until they answer")]
    public async Task Silent_readers_are_listed()
    {
        var mail = await MailAsync();
        foreach (var _ in new[] { 1, 2 })
        {
            var prompt = await ReadAsync(mail);
            await Rita.PostAsync($"/prompts/{prompt.Text("id")}/dismiss", new { reason = "in a meeting" });
            Server.Time.Advance(TimeSpan.FromHours(2));
        }
        var item = Assert.Single(Items(await TodayAsync(), "items"));
        Assert.Equal(("reading", "paul@customer.example"), (item.Text("section"), item.Text("email")));
        Assert.Contains("silence is not disinterest", item.Text("reason"), StringComparison.Ordinal);
        await TouchAsync(item.Text("prospectId"), "call", "connected", new { kind = "call", at = In(30) });
        Assert.Empty(Items(await TodayAsync(), "items"));
    }

    [Fact(DisplayName = "4.3 Minutes invested are logged and shown beside the deal")]
    public async Task Minutes_stand_beside_the_deal()
    {
        var deal = (await DealAsync("met", value: 4800)).At("deal")!;
        await TouchAsync(deal.Text("prospectId"), "meeting", "connected", new { kind = "call", at = In(2) }, more: new { minutes = 90 });
        await TouchAsync(deal.Text("prospectId"), "call", "connected", new { kind = "call", at = In(5) }, more: new { minutes = 10 });
        var view = (await Rita.GetAsync($"/deals/{deal.Text("id")}")).At("deal")!;
        Assert.Equal((100, 2, 4800m), ((int)view.At("minutes")!, (int)view.At("touches")!, (decimal)view.At("value")!));
    }

    [Fact(DisplayName = "4.4 Objections and what the fact-find found are recorded per touch with what was answered, shown on the next prompt, counted per stage; answers that worked form a bank")]
    public async Task Objections_are_answered()
    {
        var prospect = (await DealAsync("deciding")).Text("deal", "prospectId");
        var logged = await TouchAsync(prospect, "call", "connected", new { kind = "call", at = In(2) }, more: new { objection = "price", factFind = "matchBut" });
        var answer = Items(logged, "answers").First().GetValue<string>();
        await Rita.GetAsync("/banks/answers");
        await TouchAsync(prospect, "call", "connected", new { kind = "call", at = In(3) }, more: new { objection = "price", answer, answerWorked = true });
        var bank = Items(await Rita.GetAsync("/banks/answers"), "items").Where(b => b.Text("topic") == "price").ToList();
        Assert.Equal((answer, 1, 1), (bank[0].Text("text"), (int)bank[0].At("used")!, (int)bank[0].At("worked")!));
        Assert.Equal("deciding", (await Rita.GetAsync($"/prospects/{prospect}/touches")).Text("items", 0, "stage"));
        await ReadAsync(await MailAsync(), click: false);
        var item = Assert.Single(Items(await TodayAsync(), "items"));
        Assert.Equal(("live", "price", "matchBut"), (item.Text("section"), item.Text("objection"), item.Text("factFind")));
        Assert.Contains("you spoke of the price", item.Text("openingLine"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "4.4 Objections and what the fact-find found are counted per stage, with how often an answer worked")]
    public async Task Objections_are_counted_per_stage()
    {
        var next = new { kind = "call", at = In(2) };
        var deciding = (await DealAsync("deciding")).Text("deal", "prospectId");
        await TouchAsync(deciding, "call", "connected", next, more: new { objection = "price", answer = "Compared with what?", answerWorked = true, factFind = "matchBut" });
        await TouchAsync(deciding, "call", "connected", next, more: new { objection = "price", answer = "Compared with what?", answerWorked = false });
        await TouchAsync(deciding, "call", "connected", next, more: new { objection = "timing" });
        await TouchAsync(deciding, "call", "connected", next);
        await TouchAsync(deciding, "call", "noAnswer");
        var lead = (await DealAsync("lead", "lead@customer.example")).Text("deal", "prospectId");
        await TouchAsync(lead, "call", "connected", next, more: new { objection = "need", factFind = "noNeed" });
        var stages = Items(await Rita.GetAsync("/touches/objections"), "items").ToList();
        Assert.Equal([("lead", "Lead", 1), ("deciding", "Deciding", 4)], stages.Select(s => (s.Text("stage"), s.Text("stageLabel"), (int)s.At("conversations")!)));
        Assert.Equal([("price", 2, 2, 1), ("timing", 1, 0, 0)], Items(stages[1], "objections").Select(o => (o.Text("objection"), (int)o.At("count")!, (int)o.At("answered")!, (int)o.At("worked")!)));
        Assert.Equal([("matchBut", 1)], Items(stages[1], "factFinds").Select(f => (f.Text("factFind"), (int)f.At("count")!)));
        Assert.Equal(["need"], Items(stages[0], "objections").Select(o => o.Text("objection")));
        // The stage is that of the day: what was said then does not move with the deal.
        await Rita.PostAsync($"/deals/{(await StandingAsync(lead)).Text("deal", "id")}/stage", new { stage = "met" });
        Assert.Equal(["lead", "deciding"], Items(await Rita.GetAsync("/touches/objections"), "items").Select(s => s.Text("stage")));
        var olga = await Server.RepClientAsync("olga@example.com");
        Assert.Empty(Items(await olga.GetAsync("/touches/objections"), "items"));
    }

    [Fact(DisplayName = "4.5 They said they'd call me back is an outcome with a date, which falls to us that day; the usual excuses for giving up are answered when a rep gives up")]
    public async Task Their_promise_falls_to_us()
    {
        var prospect = (await DealAsync()).Text("deal", "prospectId");
        var logged = await TouchAsync(prospect, "call", "willCallUs", new { kind = "call", at = In(6), reason = "they said they would call" });
        Assert.Empty(Items(logged, "givingUp"));
        Server.Time.Advance(TimeSpan.FromDays(6.1));
        Assert.Contains(Items(await TodayAsync(), "items"), i => i.Text("reason") == "they said they would call");
        var gaveUp = await TouchAsync(prospect, "call", "noAnswer", new { kind = "stop", reason = "they never call back" });
        Assert.Contains(Items(gaveUp, "givingUp"), g => g.Text("excuse") == "They said they would call me.");
    }

    [Fact(DisplayName = "5 Promised items: expectation set, then weekly by phone and by mail until they come or say stop; a reply pauses the plan")]
    public async Task What_comes_by_mail_is_heard()
    {
        var prospect = (await DealAsync("itemsAsked", plan: "awaitingItems")).Text("deal", "prospectId");
        var id = long.Parse(prospect, System.Globalization.CultureInfo.InvariantCulture);
        var plan = (await StandingAsync(prospect)).Text("planId");
        await TouchAsync(prospect, "email", more: new { reason = "the checklist" });
        await TouchAsync(prospect, "email", more: new { reason = "the checklist once more" });
        Assert.Equal("gap", (await Rita.GetAsync($"/prospects/{prospect}/advice?kind=email&reason=something")).Text("rule"));
        await Server.Database.WriteAsync(s => AnswersHeard.RepliedAsync(s, id, Now, Now), Ct);
        Assert.Equal(("paused", "they replied"), await Rita.GetAsync($"/plans/{plan}") is var p ? (p.Text("state"), p.Text("pauseReason")) : default);
        Assert.Equal("answer their mail", Items(await StandingAsync(prospect), "owed").Single(o => o.Text("source") == "answer").Text("reason"));
        await Server.Database.WriteAsync(s => AnswersHeard.RepliedAsync(s, id, Now, Now), Ct);
        Assert.Single(Items(await StandingAsync(prospect), "owed"), o => o.Text("source") == "answer");
        // What went before their mail is answered by it: nobody is told to call because a mail is unanswered.
        Assert.Equal("fine", (await Rita.GetAsync($"/prospects/{prospect}/advice?kind=email&reason=something")).Text("rule"));
        // The rep says what came of it, and the plan goes on.
        await TouchAsync(prospect, "email", more: new { reason = "the answer to their question" });
        Assert.Equal("running", (await Rita.GetAsync($"/plans/{plan}")).Text("state"));

        var back = Now.AddDays(10);
        await Server.Database.WriteAsync(s => AnswersHeard.AwayAsync(s, id, back, Now, Now), Ct);
        var away = await StandingAsync(prospect);
        Assert.Equal("away", away.Text("advice", "rule"));
        Assert.All(Items(away, "owed"), o => Assert.True(Time(o, "dueAt") >= back));
        Server.Time.Advance(TimeSpan.FromDays(15));
        Assert.Single(Items(await TodayAsync(), "items"));

        await Server.Database.WriteAsync(s => AnswersHeard.BouncedAsync(s, id, Now, Now), Ct);
        Assert.True((bool)(await StandingAsync(prospect)).At("mailFails")!);
        await Server.Database.WriteAsync(s => AnswersHeard.StoppedAsync(s, id, Now, Now), Ct);
        var stopped = await StandingAsync(prospect);
        Assert.Equal(("stopped", "lost", 0), (stopped.Text("state"), stopped.Text("deal", "stage"), Items(stopped, "owed").Count()));
        Assert.Equal(("ended", "stop"), await Rita.GetAsync($"/plans/{plan}") is var e ? (e.Text("state"), e.Text("endReason")) : default);
        Assert.Empty(Items(await TodayAsync(), "items"));
    }
}

public sealed class Section4OnSqlite() : Section4(Engine.SqliteAsync);

public sealed class Section4OnPostgres() : Section4(Engine.PostgresAsync);
