using System.Net;
using Tracker.Tests.Support;

namespace Tracker.Tests.FollowUp;

/// <summary>When they are thinking about you, and without becoming a nuisance.</summary>
public abstract class Section3(Func<Task<Engine>> start) : FollowUpContract(start)
{
    [Fact(DisplayName = "3.1 Reach out to those who open and click, while they do: that is the call prompt, and it leads the call list")]
    public async Task A_reader_leads_the_list()
    {
        await DealAsync("met", "owed@customer.example", 9000);
        Server.Time.Advance(TimeSpan.FromDays(7));
        await ReadAsync(await MailAsync());
        Assert.Equal(["live", "owed"], Items(await TodayAsync(), "items").Select(i => i.Text("section")));
        Assert.Equal("Call now: they are thinking about you.", (await Rita.GetAsync("/prompts")).Text("items", 0, "advice"));
    }

    [Fact(DisplayName = "3.2 Logging a call asks for the next step, filled in from the plan; no answer and voicemail take the plan's next touch by themselves; only connected without a plan insists")]
    public async Task A_conversation_ends_with_a_next_step()
    {
        var prospect = (await DealAsync()).Text("deal", "prospectId");
        Assert.Equal("next-step-needed", await RefusedAsync(HttpMethod.Post, $"/prospects/{prospect}/touches", new { kind = "call", outcome = "connected" }, HttpStatusCode.UnprocessableEntity));
        Assert.Equal(0, await SqlAsync<long>("select count(*) from touches"));
        var given = await TouchAsync(prospect, "call", "connected", new { kind = "meeting", at = In(3), reason = "the demo" });
        Assert.Equal(("meeting", "the demo", "given"), (given.Text("nextStep", "kind"), given.Text("nextStep", "reason"), given.Text("filled")));
        var filled = await TouchAsync(prospect, "call", "noAnswer");
        Assert.Equal(("outcome", true), (filled.Text("filled"), Time(filled, "nextStep", "at") > Now));
        var plan = await Rita.PostAsync($"/prospects/{prospect}/plans", new { template = "lead" }, HttpStatusCode.Created);
        foreach (var outcome in new[] { "noAnswer", "voicemail", "connected" })
        {
            var logged = await TouchAsync(prospect, outcome == "voicemail" ? "voicemail" : "call", outcome);
            Assert.Equal("plan", logged.Text("filled"));
            var next = Items(await Rita.GetAsync($"/plans/{plan.Text("id")}"), "touches").First(t => t.Text("state") == "planned");
            Assert.Equal((next.Text("kind"), Time(next, "dueAt")), (logged.Text("nextStep", "kind"), Time(logged, "nextStep", "at")));
            Server.Time.Advance(TimeSpan.FromDays(1));
        }
        // The outcome of a prompt follows the same way.
        var prompt = await ReadAsync(await MailAsync());
        Assert.NotNull((await Rita.PostAsync($"/prompts/{prompt.Text("id")}/outcome", new { outcome = "connected" })).At("nextStep", "at"));
    }

    [Fact(DisplayName = "3.3 The fatigue guard advises, holds back, refuses; one key and a reason override, and that is counted; it never keeps a rep from answering their call or from calling while they read")]
    public async Task The_guard_speaks_and_never_prevents()
    {
        var prospect = (await DealAsync()).Text("deal", "prospectId");
        async Task<(string, string)> AdviceAsync(string kind) => await Rita.GetAsync($"/prospects/{prospect}/advice?kind={kind}&reason=something") is var a ? (a.Text("level"), a.Text("rule")) : default;
        Assert.Equal(("go", "fine"), await AdviceAsync("call"));
        await TouchAsync(prospect, "call", "noAnswer", more: new { at = In(-4) });
        await TouchAsync(prospect, "call", "noAnswer", more: new { at = In(-2) });
        Assert.Equal(("advise", "leave-voicemail"), await AdviceAsync("call"));
        await TouchAsync(prospect, "voicemail", "voicemail", more: new { at = In(-1) });
        Assert.Equal(("holdBack", "weekly-cap"), await AdviceAsync("card"));
        var overridden = await TouchAsync(prospect, "card", more: new { reason = "something", @override = "I know them well" });
        Assert.Equal("holdBack", overridden.Text("advice", "level"));
        Assert.Equal("I know them well", (await Rita.GetAsync($"/prospects/{prospect}/touches")).Text("items", 0, "override"));
        Assert.Equal(1, (int)(await Rita.GetAsync("/touches/effort")).At("overrides")!);
        Assert.Contains(Items(await Rita.GetAsync("/banks/overrides"), "items"), b => b.Text("text") == "I know them well");
        await TouchAsync(prospect, "call", "stop");
        Assert.Equal(("refuse", "said-stop"), await AdviceAsync("call"));
        // A call of ours that they did not take owes nothing further, and a shelf is not less than their "stop".
        Assert.Equal("stop", (await TouchAsync(prospect, "call", "noAnswer")).Text("nextStep", "kind"));
        Assert.Equal("stopped", (await Rita.PostAsync($"/prospects/{prospect}/park", new { never = true })).Text("state"));
        Assert.Empty(Items(await StandingAsync(prospect), "owed"));
        Assert.Equal("invalid-parameter", await RefusedAsync(HttpMethod.Post, $"/prospects/{prospect}/touches", new { kind = "call", outcome = "sent" }, HttpStatusCode.BadRequest));
        // A person's hit raises the prompt after a stop too; only the advice is another.
        var prompt = await ReadAsync(await MailAsync());
        Assert.Contains("asked not to be contacted", prompt.Text("advice"), StringComparison.Ordinal);
        Assert.Equal(("advise", "reading-after-stop"), await AdviceAsync("call"));
        var theirs = await TouchAsync(prospect, "call", "connected", new { kind = "call", at = In(2) }, more: new { theirs = true });
        Assert.Equal("they-called", theirs.Text("advice", "rule"));
        Assert.Equal("live", (await StandingAsync(prospect)).Text("state"));
    }

    [Fact(DisplayName = "3.4 A check-in on promised items has the still-open items as its reason: it may repeat; phone and mail on one day are one touch for gap and cap")]
    public async Task Promised_items_may_be_asked_for_every_week()
    {
        var prospect = (await DealAsync("itemsAsked", plan: "awaitingItems")).Text("deal", "prospectId");
        var first = await Rita.PostAsync($"/prospects/{prospect}/items", new { name = "the floor plan" }, HttpStatusCode.Created);
        var second = await Rita.PostAsync($"/prospects/{prospect}/items", new { name = "the budget", after = first.Text("id") }, HttpStatusCode.Created);
        Assert.True((bool)second.At("waits")!);
        for (var week = 1; week <= 10; week++)
        {
            var next = Items(await StandingAsync(prospect), "owed").Single(o => o.Text("source") == "plan");
            Server.Time.Advance(Time(next, "dueAt") - Now + TimeSpan.FromMinutes(1));
            var item = Assert.Single(Items(await TodayAsync(), "items"));
            if (week > 1)
            {
                Assert.Equal(("email", true), (item.Text("also"), item.Text("kind") is "call" or "voicemail"));
                Assert.Contains("the floor plan", item.Text("openingLine"), StringComparison.Ordinal);
                Assert.Equal(["the floor plan", "the budget"], Items(item, "openItems").Select(i => i.GetValue<string>()));
            }
            Assert.True(item.Text("advice", "level") is "go" or "advise", $"week {week}: {item.Text("advice", "text")}");
            await TouchAsync(prospect, item.Text("kind"), item.Text("kind") == "email" ? null : "noAnswer", more: new { also = week == 1 ? null : "email" });
        }
        await Rita.PostAsync($"/prospects/{prospect}/items/{first.Text("id")}/received");
        Assert.False((bool)(await Rita.GetAsync($"/prospects/{prospect}/items")).At("items", 1, "waits")!);
        // It asks until everything came, and then nobody is asked again.
        Assert.Contains(Items(await StandingAsync(prospect), "owed"), o => o.Text("source") == "plan");
        await Rita.PostAsync($"/prospects/{prospect}/items/{second.Text("id")}/received");
        var owed = Items(await StandingAsync(prospect), "owed").ToList();
        Assert.DoesNotContain(owed, o => o.Text("source") == "plan");
        Assert.Contains(owed, o => o.Text("reason") == "confirm what came, and say what happens next");
    }

    [Fact(DisplayName = "3.5 When something doesn't work, change it: the touch after an unanswered mail is a call; mail unread here but read by a colleague: ask for an introduction")]
    public async Task What_does_not_work_is_changed()
    {
        var prospect = (await DealAsync()).Text("deal", "prospectId");
        var plan = await Rita.PostAsync($"/prospects/{prospect}/plans", new { template = "cold" }, HttpStatusCode.Created);
        foreach (var touch in Items(plan, "touches").Skip(1))
        {
            await Rita.SendAsync(HttpMethod.Delete, $"/plans/{plan.Text("id")}/touches/{touch.Text("id")}");
        }
        await Rita.PostAsync($"/plans/{plan.Text("id")}/touches", new { kind = "email", at = In(6), reason = "the second thought" });
        var logged = await TouchAsync(prospect, "email");
        Assert.Equal("call", logged.Text("nextStep", "kind"));
        var changed = Items(await Rita.GetAsync($"/plans/{plan.Text("id")}"), "touches").Single(t => t.Text("state") == "planned");
        Assert.Equal(("email", "call", "the touch after an unanswered mail is a call"), (changed.Text("plannedKind"), changed.Text("kind"), changed.Text("changed")));

        var colleague = await MailAsync("colleague@customer.example", text: "Another text.");
        await ReadAsync(colleague);
        await Rita.PostAsync($"/plans/{plan.Text("id")}/touches", new { kind = "email", at = In(1), reason = "the third thought" });
        Assert.Equal("they do not read, a colleague does: ask for an introduction", (await Rita.GetAsync($"/plans/{plan.Text("id")}")).Text("advice"));
    }

    [Fact(DisplayName = "3.6 After two unanswered mails the plan offers the push-back; when nothing is read, the break-up; it ends the plan and not the record: parked, and a later human read reopens it as a revival")]
    public async Task Push_back_break_up_and_revival()
    {
        var mail = await MailAsync();
        var prospect = mail.Text("copies", 0, "prospectId");
        var deal = await Rita.PostAsync("/deals", new { prospectId = prospect, stage = "proposalSent", skipReview = true, plan = "proposalSent" }, HttpStatusCode.Created);
        var plan = deal.Text("planId");
        for (var i = 1; i <= 6; i++)
        {
            Assert.Equal(i > 2 ? "pushBack" : "none", (await Rita.GetAsync($"/plans/{plan}")).Text("offer"));
            await TouchAsync(prospect, "email", more: new { reason = $"news {i}" });
            Server.Time.Advance(TimeSpan.FromDays(8));
        }
        var view = await Rita.GetAsync($"/plans/{plan}");
        Assert.Equal("breakUp", view.Text("offer"));
        Assert.Contains("my last message", view.Text("offerText"), StringComparison.Ordinal);
        Assert.Equal("answer-needs-date", await RefusedAsync(HttpMethod.Post, $"/plans/{plan}/end", new { reason = "breakUp" }, HttpStatusCode.UnprocessableEntity));
        Assert.Equal(("ended", "breakUp"), await Rita.PostAsync($"/plans/{plan}/end", new { reason = "breakUp", never = true }) is var ended ? (ended.Text("state"), ended.Text("endReason")) : default);
        var parked = await StandingAsync(prospect);
        Assert.Equal(("parked", 0), (parked.Text("state"), Items(parked, "owed").Count()));
        Assert.Equal(0, (int)(await TodayAsync()).At("counts", "orphans")!);
        Server.Time.Advance(TimeSpan.FromDays(100));
        var prompt = await ReadAsync(mail);
        Assert.Contains(Items(prompt, "reasons"), r => r.GetValue<string>().StartsWith("a revival: parked (break-up)", StringComparison.Ordinal));
        var revived = await StandingAsync(prospect);
        Assert.Equal("live", revived.Text("state"));
        Assert.Contains(Items(revived, "owed"), o => o.Text("reason").StartsWith("a revival", StringComparison.Ordinal));
        Assert.Contains(Items(revived, "owed"), o => o.Text("source") == "stage");
    }

    [Fact(DisplayName = "3.6 Not qualified and not interested are closing reasons, and the share of touches spent on such people is shown")]
    public async Task Effort_on_the_wrong_people_is_shown()
    {
        foreach (var (email, reason) in new[] { ("a@customer.example", "notQualified"), ("b@customer.example", "price") })
        {
            var deal = (await DealAsync("lead", email)).At("deal")!;
            await TouchAsync(deal.Text("prospectId"), "call", "noAnswer");
            await Rita.PostAsync($"/deals/{deal.Text("id")}/stage", new { stage = "lost", never = true, reason });
        }
        var effort = await Rita.GetAsync("/touches/effort");
        Assert.Equal((2, 1, 0.5), ((int)effort.At("touches")!, (int)effort.At("notQualified")!, (double)effort.At("share")!));
    }

    [Fact(DisplayName = "3.7 Sending a proposal asks for the date of the review first; skipping it is allowed and shown as: you will be chasing")]
    public async Task The_review_comes_first()
    {
        var deal = (await DealAsync("met")).Text("deal", "id");
        Assert.Equal("review-date-needed", await RefusedAsync(HttpMethod.Post, $"/deals/{deal}/stage", new { stage = "proposalSent" }, HttpStatusCode.UnprocessableEntity));
        var skipped = await Rita.PostAsync($"/deals/{deal}/stage", new { stage = "proposalSent", skipReview = true });
        Assert.True((bool)skipped.At("deal", "chasing")!);
        var review = In(4);
        var agreed = await Rita.PostAsync($"/deals/{deal}/stage", new { stage = "proposalSent", reviewAt = review, plan = "proposalSent" });
        Assert.False((bool)agreed.At("deal", "chasing")!);
        Assert.Contains(Items(await Rita.GetAsync($"/plans/{agreed.Text("planId")}"), "touches"), t => Math.Abs((Time(t, "dueAt") - DateTimeOffset.Parse(review, System.Globalization.CultureInfo.InvariantCulture)).TotalSeconds) < 1 && t.Text("kind") == "call");
    }

    [Fact(DisplayName = "3.8 The seven situations have a diagnosis and a way out chosen from the facts on record, over REST and in today")]
    public async Task A_situation_is_diagnosed()
    {
        var deal = (await DealAsync("proposalSent", more: new { skipReview = true })).At("deal")!;
        Server.Time.Advance(TimeSpan.FromDays(9));
        var situation = (await StandingAsync(deal.Text("prospectId"))).At("situation")!;
        Assert.Equal(("proposalSent", "call", "proposalSent"), (situation.Text("key"), situation.Text("kind"), situation.Text("plan")));
        Assert.Contains("out for 9 days", situation.Text("diagnosis"), StringComparison.Ordinal);
        Assert.Equal("proposalSent", (await TodayAsync()).Text("items", 0, "situation", "key"));
    }

    [Fact(DisplayName = "3.8 A next step that was agreed is one: who met and agreed on a day is not stuck, and the call opens with it, at the hour that was agreed")]
    public async Task An_agreed_day_is_a_next_step()
    {
        var prospect = (await DealAsync("met")).Text("deal", "prospectId");
        await Rita.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = "paul@customer.example", timeZone = "UTC" }));
        await TouchAsync(prospect, "call", "noAnswer");
        Assert.Equal("metNoNextStep", (await StandingAsync(prospect)).Text("situation", "key"));
        // In the evening, and on a Sunday: outside their hours, but their own wish.
        var sunday = Now.AddDays(5).AddHours(10);
        await TouchAsync(prospect, "call", "connected", new { kind = "call", at = sunday, reason = "the numbers" });
        Assert.Null((await StandingAsync(prospect)).At("situation"));
        Server.Time.Advance(sunday - Now + TimeSpan.FromMinutes(1));
        var item = Assert.Single(Items(await TodayAsync(), "items"));
        Assert.Equal(("step", "the numbers", "go"), (item.Text("source"), item.Text("reason"), item.Text("advice", "level")));
        Assert.Equal("Hello Paul, we said that we would speak today. Is this still a good moment?", item.Text("openingLine"));
        Assert.Null(item.At("situation"));
        // Whoever asks about them alone is told the same as on the list; so is the touch that is logged, and the prompt of who reads at that hour.
        async Task<string> AdviceAsync() => (await Rita.GetAsync($"/prospects/{prospect}/advice?kind=call")).Text("level");
        Assert.Equal("go", await AdviceAsync());
        Server.Time.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("go", await AdviceAsync());
        await ReadAsync(await MailAsync());
        Assert.Equal(Domain.Prompts.PromptWording.CallNow, (await Rita.GetAsync("/prompts?state=open")).Text("items", 0, "advice"));
        Assert.Equal("go", (await TodayAsync()).Text("items", 0, "advice", "level"));
        Assert.Equal("go", (await TouchAsync(prospect, "call", "noAnswer", new { kind = "call", at = Now.AddDays(3), reason = "the numbers" })).Text("advice", "level"));
        // An hour later it is a Sunday like any other.
        Server.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.NotEqual("go", await AdviceAsync());
    }

    [Fact(DisplayName = "3.8 A new prospect with a meeting is one request")]
    public async Task A_new_prospect_with_a_meeting_is_one_request()
    {
        var created = await DealAsync(email: "nina@new.example", more: new { prospect = new { email = "nina@new.example", name = "Nina New", phone = "+49 30 99" }, meetingAt = In(5) });
        Assert.Equal(("meetingAgreed", "confirm the meeting and what it is for"), (created.Text("deal", "stage"), created.Text("owed", 0, "reason")));
        await TouchAsync(created.Text("deal", "prospectId"), "email", more: new { reason = "the invitation" });
        Assert.Contains(Items(await StandingAsync(created.Text("deal", "prospectId")), "owed"), o => o.Text("kind") == "meeting" && Math.Abs((Time(o, "dueAt") - Now).TotalDays - 5) < 0.1);
    }

    [Fact(DisplayName = "3.9 A mail used many times shows its own reading and click rates")]
    public async Task A_text_used_often_shows_its_rates()
    {
        var mails = new List<System.Text.Json.Nodes.JsonNode>();
        for (var i = 0; i < 5; i++)
        {
            mails.Add(await MailAsync($"p{i}@customer.example"));
        }
        await ReadAsync(mails[0]);
        await ReadAsync(mails[1], click: false);
        var rate = Assert.Single(Items(await Rita.GetAsync("/messages/rates"), "items"));
        Assert.Equal((5, 0.4, 0.2), ((int)rate.At("recipients")!, (double)rate.At("readRate")!, (double)rate.At("clickRate")!));
    }
}

public sealed class Section3OnSqlite() : Section3(Engine.SqliteAsync);

public sealed class Section3OnPostgres() : Section3(Engine.PostgresAsync);
