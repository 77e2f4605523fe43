using System.Net;
using Tracker.Tests.Support;

namespace Tracker.Tests.FollowUp;

/// <summary>Something is owed at every stage, until there is an answer. The numbers are those of docs/follow-up-practice.md.</summary>
public abstract class Section1(Func<Task<Engine>> start) : FollowUpContract(start)
{
    [Fact(DisplayName = "1.1 Each stage has an obligation; it stays owed, and visible, until an answer is recorded; silence is not an answer")]
    public async Task Silence_settles_nothing()
    {
        var created = await DealAsync("proposalSent", more: new { reviewAt = In(2) });
        var (deal, prospect) = (created.Text("deal", "id"), created.Text("deal", "prospectId"));
        Assert.Equal(("stage", "go through the proposal with them"), (created.Text("owed", 0, "source"), created.Text("owed", 0, "reason")));
        Server.Time.Advance(TimeSpan.FromDays(3));
        await TouchAsync(prospect, "call", "noAnswer");
        Server.Time.Advance(TimeSpan.FromDays(60));
        var owed = Items((await TodayAsync()).At("items", 0)!, "reasons").ToList();
        Assert.Equal(1, (int)(await TodayAsync()).At("counts", "owed")!);
        Assert.Contains(Items(await StandingAsync(prospect), "owed"), o => o.Text("source") == "stage");
        // An answer: one move, which is history and no overwrite.
        var won = await Rita.PostAsync($"/deals/{deal}/stage", new { stage = "won", note = "signed" });
        Assert.Equal(["proposalSent", "won"], Items(won, "moves").Select(m => m.Text("to")));
        Assert.Equal("thank them, and ask who else should know", Items(won, "owed").Single(o => o.Text("source") == "stage").Text("reason"));
        Assert.Empty(owed);
    }

    [Fact(DisplayName = "1.1 One list of stages, of which a team may hide some")]
    public async Task Stages_are_one_list()
    {
        var names = Items(await Rita.GetAsync("/stages"), "items").Select(s => s.Text("stage"));
        Assert.Equal(["lead", "meetingAgreed", "met", "itemsAsked", "itemsReceived", "proposalSent", "deciding", "won", "lost", "notNow"], names);
        var admin = await Server.ClientAsync(null, "admin");
        await Answers.JsonAsync(await admin.SendAsync(HttpMethod.Put, "/stages/deciding", Answers.Json(new { hidden = true })), HttpStatusCode.OK);
        var deal = (await DealAsync()).Text("deal", "id");
        Assert.Equal("invalid-parameter", await RefusedAsync(HttpMethod.Post, $"/deals/{deal}/stage", new { stage = "deciding" }, HttpStatusCode.BadRequest));
        Assert.Equal("invalid-parameter", await Answers.ProblemAsync(await admin.SendAsync(HttpMethod.Put, "/stages/won", Answers.Json(new { hidden = true })), HttpStatusCode.BadRequest));
    }

    [Fact(DisplayName = "1.2 An obligation moved three times, or no touch within a stage's usual time, is listed as waiting on them")]
    public async Task Waiting_is_shown()
    {
        var moved = await DealAsync("deciding");
        for (var i = 1; i <= 3; i++)
        {
            Assert.Null((await TodayAsync()).At("waitingOnThem")!.AsArray().FirstOrDefault());
            await Rita.PostAsync($"/obligations/{moved.Text("owed", 0, "id")}/move", new { to = In(i) });
        }
        Assert.Equal("what is owed was moved 3 times", (await TodayAsync()).Text("waitingOnThem", 0, "why"));
        // Whoever gets in touch does not put off any more.
        await TouchAsync(moved.Text("deal", "prospectId"), "email", more: new { reason = "what was agreed" });
        Assert.Equal(0, (int)(await TodayAsync()).At("counts", "waitingOnThem")!);
        await MovedPlanAsync();
        await DealAsync("met", "quiet@customer.example", 500);
        Server.Time.Advance(TimeSpan.FromDays(6));
        var today = await TodayAsync();
        Assert.Equal("quiet@customer.example", today.Text("waitingOnThem", 0, "email"));
        Assert.Contains("no touch of ours for 6 days", today.Text("waitingOnThem", 0, "why"), StringComparison.Ordinal);
        var count = (int)today.At("counts", "waitingOnThem")!;
        await TouchAsync(Items(today, "waitingOnThem").First().Text("prospectId"), "email", more: new { reason = "what was agreed" });
        Assert.Equal(count - 1, (int)(await TodayAsync()).At("counts", "waitingOnThem")!);
    }

    // Editing the plan's next touch puts it off as moving what is owed does; what is planned after it keeps its distance.
    async Task MovedPlanAsync()
    {
        var prospect = (await DealAsync("lead", "putoff@customer.example", plan: "lead")).Text("deal", "prospectId");
        var plan = await Rita.GetAsync($"/plans/{(await StandingAsync(prospect)).Text("planId")}");
        string Owed(System.Text.Json.Nodes.JsonNode standing) => Items(standing, "owed").Single(o => o.Text("source") == "plan").Text("id");
        await Answers.JsonAsync(await Rita.SendAsync(HttpMethod.Put, $"/plans/{plan.Text("id")}/touches/{plan.Text("touches", 0, "id")}", Answers.Json(new { at = In(1) })), HttpStatusCode.OK);
        foreach (var day in new[] { 8, 15 })
        {
            await Rita.PostAsync($"/obligations/{Owed(await StandingAsync(prospect))}/move", new { to = In(day) });
        }
        var item = Items(await TodayAsync(), "waitingOnThem").Single(w => w.Text("email") == "putoff@customer.example");
        Assert.Equal("what is owed was moved 3 times", item.Text("why"));
        var touches = Items(await Rita.GetAsync($"/plans/{plan.Text("id")}"), "touches").ToList();
        Assert.Equal((plan.Text("touches", 0, "id"), plan.Text("touches", 1, "id")), (touches[0].Text("id"), touches[1].Text("id")));
        Assert.All(touches.Skip(1), t => Assert.True(Time(t, "dueAt") > Time(touches[0], "dueAt")));
    }

    [Fact(DisplayName = "1.3 An engaged reader who was not called stays owed: a missed call in today until answered or dismissed with a reason")]
    public async Task A_missed_call_stays()
    {
        foreach (var (email, answer) in new[] { ("a@customer.example", true), ("b@customer.example", false) })
        {
            var prompt = await ReadAsync(await MailAsync(email, text: email));
            await MissAsync();
            Server.Time.Advance(TimeSpan.FromDays(20));
            var item = Assert.Single(Items(await TodayAsync(), "items"), i => i.Text("section") == "missed");
            Assert.Equal((email, prompt.Text("id")), (item.Text("email"), item.Text("promptId")));
            if (answer)
            {
                await TouchAsync(item.Text("prospectId"), "call", "noAnswer");
                Assert.Equal("answered", (await Rita.GetAsync($"/prompts/{prompt.Text("id")}")).Text("state"));
            }
            else
            {
                Assert.Equal("invalid-parameter", await RefusedAsync(HttpMethod.Post, $"/prompts/{prompt.Text("id")}/dismiss", new { }, HttpStatusCode.BadRequest));
                await Rita.PostAsync($"/prompts/{prompt.Text("id")}/dismiss", new { reason = "spoke to them in person" });
            }
            Assert.DoesNotContain(Items(await TodayAsync(), "items"), i => i.Text("section") == "missed");
        }
    }

    [Fact(DisplayName = "1.4 A no needs a date to ask again, or never; a not now needs a date")]
    public async Task A_no_needs_a_date()
    {
        var deal = (await DealAsync()).Text("deal", "id");
        foreach (var body in new object[] { new { stage = "lost" }, new { stage = "notNow" }, new { stage = "notNow", never = true }, new { stage = "lost", askAgainAt = In(-1) } })
        {
            Assert.Equal("answer-needs-date", await RefusedAsync(HttpMethod.Post, $"/deals/{deal}/stage", body, HttpStatusCode.UnprocessableEntity));
        }
        var later = await Rita.PostAsync($"/deals/{deal}/stage", new { stage = "notNow", askAgainAt = In(90), reason = "timing" });
        Assert.Equal(("stage", "ask again on the day that was agreed"), (later.Text("owed", 0, "source"), later.Text("owed", 0, "reason")));
        Assert.Equal(90, Math.Round((Time(later, "owed", 0, "dueAt") - Now).TotalDays));
        Assert.NotEmpty(Items(later, "givingUp"));
        var never = await Rita.PostAsync($"/deals/{deal}/stage", new { stage = "lost", never = true, reason = "competitor" });
        Assert.Empty(Items(never, "owed"));
    }

    [Fact(DisplayName = "1.5 The agreed best time to call outranks anything learned")]
    public async Task Agreed_times_outrank_learned_ones()
    {
        var prospect = (await DealAsync()).Text("deal", "prospectId");
        await Rita.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = "paul@customer.example", timeZone = "UTC" }));
        Assert.Equal("workingHours", (await StandingAsync(prospect)).Text("callTime", "source"));
        for (var i = 0; i < 6; i++)
        {
            await TouchAsync(prospect, "call", "connected", new { kind = "call", at = In(1) }, more: new { at = In(-i) });
        }
        var learned = (await StandingAsync(prospect)).At("callTime")!;
        Assert.Equal(("learned", 6), (learned.Text("source"), (int)learned.At("sample")!));
        Assert.Contains("learned from 6 calls", learned.Text("text"), StringComparison.Ordinal);
        var agreed = await Answers.JsonAsync(await Rita.SendAsync(HttpMethod.Put, $"/prospects/{prospect}/call-time", Answers.Json(new { days = new[] { "thursday" }, from = "15:00", to = "16:00" })), HttpStatusCode.OK);
        Assert.Equal("agreed", agreed.Text("callTime", "source"));
        var next = Time(agreed, "callTime", "nextAt");
        Assert.Equal((DayOfWeek.Thursday, 15), (next.DayOfWeek, next.Hour));
        // Outside it the prompt's advice is the next window's first call; the prompt is there all the same.
        var prompt = await ReadAsync(await MailAsync());
        Assert.Contains("first call of " + next.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture), prompt.Text("advice"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "1.6 A referral is an obligation of its own, with the referrer named and thanked")]
    public async Task A_referral_is_owed_and_thanked()
    {
        var prospect = (await MailAsync()).Text("copies", 0, "prospectId");
        var referral = await Rita.PostAsync($"/prospects/{prospect}/referrals", new { referrer = "Olaf Other" }, HttpStatusCode.Created);
        Assert.Equal(["referral", "thanks"], Items(await StandingAsync(prospect), "owed").Select(o => o.Text("source")).Order());
        // Said at night, it is owed in the hours of the next day.
        var night = (await MailAsync("nina@customer.example", text: "Another text.")).Text("copies", 0, "prospectId");
        Server.Time.Advance(TimeSpan.FromHours(13));
        await Rita.PostAsync($"/prospects/{night}/referrals", new { referrer = "Olaf Other" }, HttpStatusCode.Created);
        Assert.All(Items(await StandingAsync(night), "owed"), o => Assert.InRange(Time(o, "dueAt").Hour, 9, 16));
        Server.Time.Advance(TimeSpan.FromHours(11));
        var item = Items(await TodayAsync(), "items").Single(i => i.Text("prospectId") == prospect);
        Assert.Contains("Olaf Other", item.Text("openingLine") + item.Text("reason"), StringComparison.Ordinal);
        await TouchAsync(prospect, "call", "noAnswer");
        Assert.Equal(["step", "thanks"], Items(await StandingAsync(prospect), "owed").Select(o => o.Text("source")).Order());
        await Rita.PostAsync($"/referrals/{referral.Text("id")}/thanked");
        Assert.Equal(["step"], Items(await StandingAsync(prospect), "owed").Select(o => o.Text("source")));
        Assert.NotNull((await Rita.GetAsync("/referrals")).At("items", 1, "contactedAt"));
    }

    [Fact(DisplayName = "1.7 No live prospect is ever without a dated next step: the list of orphans is empty, or loud")]
    public async Task There_are_no_orphans()
    {
        var created = await DealAsync();
        var prospect = created.Text("deal", "prospectId");
        Assert.Equal(0, (int)(await TodayAsync()).At("counts", "orphans")!);
        await TouchAsync(prospect, "call", "connected", new { kind = "stop" });
        Assert.Equal(0, (int)(await TodayAsync()).At("counts", "orphans")!);
        await Rita.PostAsync($"/prospects/{prospect}/plans", new { template = "lead" }, HttpStatusCode.Created);
        var plan = (await StandingAsync(prospect)).Text("planId");
        await Rita.PostAsync($"/plans/{plan}/end", new { reason = "other" });
        Assert.Equal(0, (int)(await TodayAsync()).At("counts", "orphans")!);
        // Were one ever lost, it would be told.
        await SqlAsync<long>("delete from obligations where source = 'stage' returning 1");
        var today = await TodayAsync();
        Assert.Equal((1, prospect), ((int)today.At("counts", "orphans")!, today.Text("orphans", 0, "prospectId")));
    }
}

public sealed class Section1OnSqlite() : Section1(Engine.SqliteAsync);

public sealed class Section1OnPostgres() : Section1(Engine.PostgresAsync);
