using System.Net;
using Tracker.Tests.Support;

namespace Tracker.Tests.FollowUp;

/// <summary>A written plan on the calendar, not memory.</summary>
public abstract class Section2(Func<Task<Engine>> start) : FollowUpContract(start)
{
    [Fact(DisplayName = "2.1 A plan is a series of touches of different kinds, at days derived from the team's own median sales cycle; a stated default until ten deals are won")]
    public async Task Days_come_from_the_teams_cycle()
    {
        var templates = await Rita.GetAsync("/plan-templates");
        Assert.Equal((60, true, 8), ((int)templates.At("cycleDays")!, (bool)templates.At("isDefault")!, Items(templates, "items").Count()));
        for (var i = 0; i < 10; i++)
        {
            var deal = (await DealAsync("lead", $"won{i}@customer.example")).Text("deal", "id");
            await Rita.PostAsync($"/deals/{deal}/stage", new { stage = "won" });
            await SqlAsync<long>("update deals set created_at_ms = closed_at_ms - @ms where id = @id returning 1", new { ms = (20L + i) * 86_400_000, id = long.Parse(deal, System.Globalization.CultureInfo.InvariantCulture) });
        }
        templates = await Rita.GetAsync("/plan-templates");
        Assert.Equal((24.5, 10, false), ((double)templates.At("cycleDays")!, (int)templates.At("won")!, (bool)templates.At("isDefault")!));
        var plan = await StartAsync((await DealAsync()).Text("deal", "prospectId"), "lead");
        Assert.True(Items(plan, "touches").Select(t => t.Text("kind")).Distinct().Count() >= 3);
        Assert.InRange((Time(Items(plan, "touches").Last(), "dueAt") - Now).TotalDays, 18, 24);
    }

    Task<System.Text.Json.Nodes.JsonNode> StartAsync(string prospect, string template) => Rita.PostAsync($"/prospects/{prospect}/plans", new { template }, HttpStatusCode.Created);

    [Fact(DisplayName = "2.2 Every touch carries a valid business reason; the same kind with the same reason within 12 months is refused, with the bank at hand; a plan shows how many are left")]
    public async Task Reasons_are_not_repeated()
    {
        var prospect = (await DealAsync()).Text("deal", "prospectId");
        await TouchAsync(prospect, "card", more: new { reason = "a good wish for the season", at = In(-300) });
        var plan = await StartAsync(prospect, "cold");
        Assert.True((int)plan.At("reasonsLeft")! is > 10 and < 19);
        Assert.All(Items(plan, "touches"), t => Assert.NotEmpty(t.Text("reason")));
        var path = $"/plans/{plan.Text("id")}/touches";
        foreach (var reason in new[] { "a good wish for the season", "Are you ready?", "" })
        {
            using var refused = await Rita.SendAsync(HttpMethod.Post, path, Answers.Json(new { kind = "card", at = In(40), reason }));
            Assert.Equal("reason-used", await Answers.ProblemAsync(refused, HttpStatusCode.UnprocessableEntity));
            Assert.Contains("The bank has: ", (await Answers.JsonAsync(refused, HttpStatusCode.UnprocessableEntity)).Text("detail"), StringComparison.Ordinal);
        }
        // By another kind of touch it may go, and after a year again.
        await Rita.PostAsync(path, new { kind = "call", at = In(40), reason = "a good wish for the season" });
        Server.Time.Advance(TimeSpan.FromDays(70));
        await Rita.PostAsync(path, new { kind = "card", at = In(40), reason = "a good wish for the season" });
    }

    [Fact(DisplayName = "2.2 What the prospect read is a ready reason, and links they clicked become their interests")]
    public async Task Clicked_links_become_interests()
    {
        var prompt = await ReadAsync(await MailAsync());
        Assert.Equal("Pricing", (await StandingAsync(prompt.Text("prospectId"))).At("interests", 0)!.GetValue<string>());
        var item = Assert.Single(Items(await TodayAsync(), "items"));
        Assert.Equal(("live", "Pricing"), (item.Text("section"), item.At("interests", 0)!.GetValue<string>()));
        Assert.Contains("something new about Pricing", item.Text("openingLine"), StringComparison.Ordinal);
        var plan = await StartAsync(prompt.Text("prospectId"), "cold");
        Assert.Contains(Items(plan, "touches"), t => t.Text("reason") == "something new about Pricing");
        await Rita.PostAsync($"/plans/{plan.Text("id")}/end", new { reason = "other" });
        Assert.Equal("something new about Pricing", (await Rita.GetAsync($"/plans/{plan.Text("id")}")).At("readyReasons", 0)!.GetValue<string>());
    }

    [Fact(DisplayName = "2.3 Touches intermix, may hang on a date or season, and leads have plans too")]
    public async Task A_touch_hangs_on_a_date()
    {
        var prospect = (await DealAsync("met")).Text("deal", "prospectId");
        var end = Now.AddDays(100).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await Rita.PostAsync($"/prospects/{prospect}/dates", new { kind = "contractEnd", day = end });
        var plan = await StartAsync(prospect, "afterMeeting");
        var touch = Items(plan, "touches").Single(t => t.Text("reason").Contains("contract", StringComparison.Ordinal));
        Assert.InRange((Time(touch, "dueAt") - Now).TotalDays, 68, 73);
        // A date that becomes known later is taken up by the plan that runs; told twice, once.
        for (var i = 0; i < 2; i++)
        {
            await Rita.PostAsync($"/prospects/{prospect}/dates", new { kind = "holiday", day = Now.AddDays(50).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) });
        }
        var card = Items(await Rita.GetAsync($"/plans/{plan.Text("id")}"), "touches").Single(t => t.Text("reason") == "a good wish for their holiday");
        Assert.InRange((Time(card, "dueAt") - Now).TotalDays, 41, 46);
        var lead = await StartAsync((await DealAsync("lead", "lead@customer.example")).Text("deal", "prospectId"), "lead");
        Assert.Equal("call", lead.Text("touches", 0, "kind"));
    }

    [Fact(DisplayName = "2.4 A note soon after the meeting that says when they will hear again; planned touches shift over weekends and the rep's days off")]
    public async Task Touches_keep_off_the_reps_days_off()
    {
        var prospect = (await DealAsync("met")).Text("deal", "prospectId");
        var plan = await StartAsync(prospect, "afterMeeting");
        Assert.Equal(("note", true), (plan.Text("touches", 0, "kind"), Time(plan, "touches", 0, "dueAt") - Now < TimeSpan.FromDays(1)));
        Assert.Contains("when they will hear from you again", plan.Text("touches", 0, "reason"), StringComparison.Ordinal);
        var days = Items(plan, "touches").Select(t => Time(t, "dueAt").ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.All(Items(plan, "touches"), t => Assert.False(Time(t, "dueAt").DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday));
        await Answers.JsonAsync(await Rita.SendAsync(HttpMethod.Put, "/working-time", Answers.Json(new { timeZone = "UTC", daysOff = days.Select(d => new { day = d }) })), HttpStatusCode.OK);
        var shifted = await Rita.GetAsync($"/plans/{plan.Text("id")}");
        Assert.All(Items(shifted, "touches"), t => Assert.DoesNotContain(Time(t, "dueAt").ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), days));
        Assert.All(Items(shifted, "touches"), t => Assert.False(Time(t, "dueAt").DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday));
        // What is owed follows; how it was planned stays.
        Assert.Equal(Time(shifted, "touches", 0, "dueAt"), Time(Items(await StandingAsync(prospect), "owed").Single(o => o.Text("source") == "plan"), "dueAt"));
        Assert.Equal(Time(plan, "touches", 0, "dueAt"), Time(shifted, "touches", 0, "plannedAt"));
    }

    [Fact(DisplayName = "2.5 The referrer and others who know the prospect can be asked for insight; what they say is kept with the plan")]
    public async Task Insights_are_kept()
    {
        var prospect = (await DealAsync()).Text("deal", "prospectId");
        var plan = await StartAsync(prospect, "referral");
        Assert.Contains(Items(plan, "touches"), t => t.Text("kind") == "referrer");
        await Rita.PostAsync($"/prospects/{prospect}/insights", new { who = "Olaf Other", said = "Paul decides before the summer." });
        Assert.Equal("Paul decides before the summer.", (await Rita.GetAsync($"/plans/{plan.Text("id")}")).Text("insights", 0, "said"));
    }

    [Fact(DisplayName = "2.6 The plan runs until the prospect says stop or says ready; not until steps run out")]
    public async Task A_plan_does_not_run_out()
    {
        foreach (var (email, end) in new[] { ("stop@customer.example", "stop"), ("ready@customer.example", "ready") })
        {
            var prospect = (await DealAsync("lead", email)).Text("deal", "prospectId");
            var plan = (await StartAsync(prospect, "winBack")).Text("id");
            for (var i = 0; i < 12; i++)
            {
                var next = Items(await StandingAsync(prospect), "owed").Single(o => o.Text("source") == "plan");
                Server.Time.Advance(Time(next, "dueAt") - Now + TimeSpan.FromMinutes(1));
                await TouchAsync(prospect, next.Text("kind"), next.Text("kind") is "call" or "voicemail" or "visit" or "meeting" ? "noAnswer" : null);
            }
            var view = await Rita.GetAsync($"/plans/{plan}");
            Assert.Equal("running", view.Text("state"));
            Assert.Equal(12, Items(view, "touches").Count(t => t.Text("state") == "done"));
            // Both are kept: how it was planned, and what was done.
            Assert.All(Items(view, "touches").Where(t => t.Text("state") == "done"), t => Assert.NotEmpty(t.Text("plannedKind") + t.Text("doneKind")));
            var logged = await TouchAsync(prospect, "call", end);
            view = await Rita.GetAsync($"/plans/{plan}");
            Assert.Equal(("ended", end), (view.Text("state"), view.Text("endReason")));
            Assert.Equal(end == "stop" ? "stop" : "call", logged.Text("nextStep", "kind"));
            Assert.Equal("plan-ended", await RefusedAsync(HttpMethod.Post, $"/plans/{plan}/resume", new { }, HttpStatusCode.Conflict));
        }
        Assert.Equal("plan-ended", await RefusedAsync(HttpMethod.Post, "/prospects/1/plans", new { template = "lead" }, HttpStatusCode.Conflict));
    }

    [Fact(DisplayName = "2.7 What a customer is worth stands beside the effort and orders the call list")]
    public async Task Value_orders_the_list()
    {
        foreach (var (email, value) in new[] { ("small@customer.example", 100m), ("large@customer.example", 9000m), ("middle@customer.example", 800.5m) })
        {
            await DealAsync("met", email, value);
        }
        Server.Time.Advance(TimeSpan.FromDays(2));
        var items = Items(await TodayAsync(), "items").ToList();
        Assert.Equal(["large@customer.example", "middle@customer.example", "small@customer.example"], items.Select(i => i.Text("email")));
        await TouchAsync(items[1].Text("prospectId"), "call", "connected", new { kind = "call", at = In(3) }, more: new { minutes = 25 });
        var standing = await StandingAsync(items[1].Text("prospectId"));
        Assert.Equal((25, 1, 800.5m), ((int)standing.At("effort", "minutes")!, (int)standing.At("effort", "touches")!, (decimal)standing.At("effort", "value")!));
    }
}

public sealed class Section2OnSqlite() : Section2(Engine.SqliteAsync);

public sealed class Section2OnPostgres() : Section2(Engine.PostgresAsync);
