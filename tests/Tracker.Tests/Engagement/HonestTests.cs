using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Engagement;
using Tracker.Tests.Signals;
using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

/// <summary>What is said of copies and prospects, what rebuilding changes, and how reps' ratings are counted.</summary>
public abstract class HonestTests : ServerContract
{
    const string Mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15";

    [Fact]
    public async Task An_apple_private_recipient_is_marked_and_a_click_implies_the_open()
    {
        var copy = await CopyAsync("ann@customer.example", TimeSpan.FromMinutes(20));
        await Server.VisitAsync(copy.Text("openUrl"), Browsers.ApplePrefetch, "172.225.10.4");
        Assert.Equal(["machine"], Verdicts(await HitsAsync(copy, 1)));
        var seen = (await Rita.GetAsync("/messages/" + await MessageOfAsync(copy))).At("copies", 0)!;
        Assert.Equal("opens can't be seen, clicks can", seen.Text("note"));
        Assert.Equal((0L, 1L, 0L, false), Counts(seen));

        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"), Make.IPhone, "203.0.113.9");
        await HitsAsync(copy, 2);
        var message = await Rita.GetAsync("/messages/" + await MessageOfAsync(copy));
        Assert.Equal((1L, 1L, 0L, true), Counts(message.At("copies", 0)!));
        Assert.Equal((1L, 1L), ((long)message["human"]!, (long)message["automatic"]!));
        var prospect = await Rita.GetAsync($"/prospects/{copy.Text("prospectId")}");
        Assert.Equal((1L, 1L, "opens can't be seen, clicks can"), ((long)prospect["human"]!, (long)prospect["automatic"]!, prospect.Text("note")));
        Assert.Equal(1, (long)(await Rita.GetAsync("/messages")).At("items", 0)!["human"]!);

        await Server.VisitAsync(copy.Text("openUrl"), Browsers.GmailProxy, "66.249.84.1");
        await HitsAsync(copy, 3);
        Assert.Null((await Rita.GetAsync($"/prospects/{copy.Text("prospectId")}"))["note"]);
    }

    static (long, long, long, bool) Counts(System.Text.Json.Nodes.JsonNode copy) => ((long)copy["human"]!, (long)copy["automatic"]!, (long)copy["unknown"]!, (bool)copy["opened"]!);

    [Fact]
    public async Task Another_device_in_another_network_is_likely_a_forward_and_told_once()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var copy = await CopyAsync("ann@customer.example", TimeSpan.FromHours(5));
        var link = copy.Text("links", 0, "trackedUrl");
        await Server.VisitAsync(link, Browsers.Firefox, "198.51.100.7");
        await HitsAsync(copy, 1);
        var before = (await Rita.GetAsync("/companies/hot")).At("items", 0, "heat")!.GetValue<double>();
        Server.Time.Advance(TimeSpan.FromMinutes(5));
        await Server.VisitAsync(link, Mac, "203.0.113.9");
        var forwarded = await feed.NextAsync("forwarded.likely");
        Assert.Contains("someone with this copy", forwarded.Data.Text("text"), StringComparison.Ordinal);
        Assert.Contains((await feed.NextAsync("prompt.refreshed")).Data.At("reasons")!.AsArray(), r => ((string)r!).Contains("someone with this copy", StringComparison.Ordinal));
        Assert.InRange((await Rita.GetAsync("/companies/hot")).At("items", 0, "heat")!.GetValue<double>(), before + 7.9, before + 8.1);
        Assert.True((bool)(await Rita.GetAsync("/messages/" + await MessageOfAsync(copy))).At("copies", 0)!["likelyForwarded"]!);

        Server.Time.Advance(TimeSpan.FromMinutes(5));
        await Server.VisitAsync(link, Make.IPhone, "192.0.2.44");
        await HitsAsync(copy, 3);
        var told = (await Answers.JsonAsync(await Rita.SendAsync(HttpMethod.Get, "/feed?after=0&limit=1000", null, ("Accept", "application/json")), HttpStatusCode.OK)).At("items")!.AsArray();
        Assert.Single(told, e => e!.Text("type") == "forwarded.likely");
    }

    [Fact]
    public async Task Rebuilding_judges_anew_says_what_changed_and_leaves_answers_alone()
    {
        var answered = await CopyAsync("ann@customer.example", TimeSpan.FromHours(5));
        await Server.VisitAsync(answered.Text("openUrl"), address: "198.51.100.7");
        await HitsAsync(answered, 1);
        var first = (await Rita.GetAsync("/prompts")).At("items", 0)!;
        await Rita.PostAsync($"/prompts/{first.Text("id")}/outcome", new { outcome = "voicemail", right = true });
        var scanned = await CopyAsync("ben@other.example", TimeSpan.FromHours(5));
        await Server.VisitAsync(scanned.Text("openUrl"), "curl/8.0", "198.51.100.8");
        await HitsAsync(scanned, 1);
        var frozen = await CopyAsync("cat@third.example", TimeSpan.FromHours(5));
        await Server.VisitAsync(frozen.Text("openUrl"), Make.Outlook, "198.51.100.9");
        await HitsAsync(frozen, 1);
        // As an older version of the rules might have left it: a person's hit called a machine's, and the other way round.
        await Server.Database.WriteAsync(async s =>
        {
            await s.ExecuteAsync("update clients set user_agent = 'Outlook on a desktop', reduced_at_ms = 1 where user_agent = @agent", new { agent = Make.Outlook });
            await s.ExecuteAsync("update hits set verdict = 1, rules_version = 0 where copy_id = @id", new { id = long.Parse(scanned.Text("id"), System.Globalization.CultureInfo.InvariantCulture) });
            await s.ExecuteAsync("insert into prompts (prospect_id, rep_id, message_id, hit_id, state, advice, reasons, raised_at_ms, refreshed_at_ms, expires_at_ms) "
                + "select c.prospect_id, m.rep_id, m.id, c.last_hit_id, 'open', '', '[\"x\"]', h.at_ms, h.at_ms, h.at_ms + 3600000 from copies c join messages m on m.id = c.message_id join hits h on h.id = c.last_hit_id where c.id = @id",
                new { id = long.Parse(scanned.Text("id"), System.Globalization.CultureInfo.InvariantCulture) });
            await s.ExecuteAsync("update prospects set heat_key = 99, looks = 7");
        }, TestContext.Current.CancellationToken);

        var report = await RebuildAsync();
        Assert.Equal((3L, 3L, 1L, 1L), (report.Copies, report.Hits, report.Frozen, report.PromptsWithdrawn));
        Assert.Equal(["human → machine: 1"], report.Changed.Select(c => $"{c.Key}: {c.Value}"));
        Assert.Equal(["machine"], Verdicts(await HitsAsync(scanned, 1)));
        Assert.Equal(["human"], Verdicts(await HitsAsync(frozen, 1)));
        var prospect = await Rita.GetAsync($"/prospects/{answered.Text("prospectId")}");
        Assert.Equal(1, (long)prospect["looks"]!);
        Assert.InRange((double)prospect["heat"]!, 0.9, 1.0);
        Assert.Equal("answered", (await Rita.GetAsync($"/prompts/{first.Text("id")}")).Text("state"));
        Assert.Empty((await RebuildAsync()).Changed);
    }

    Task<RebuildReport> RebuildAsync() =>
        ActivatorUtilities.CreateInstance<Rebuild>(Server.Services).RunAsync((_, _, _) => { }, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_reduced_hit_keeps_its_verdict_when_the_next_one_comes()
    {
        var copy = await CopyAsync("ann@customer.example", TimeSpan.FromHours(5));
        await Server.VisitAsync(copy.Text("openUrl"), Make.Outlook, "198.51.100.9");
        await HitsAsync(copy, 1);
        await Server.Database.WriteAsync(s => s.ExecuteAsync("update clients set user_agent = 'Outlook on a desktop', reduced_at_ms = 1"), TestContext.Current.CancellationToken);
        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"), address: "198.51.100.9");
        Assert.Equal(["human", "human"], Verdicts(await HitsAsync(copy, 2)));
    }

    [Fact]
    public async Task Ratings_are_counted_by_rule_and_exported_without_a_trace_of_the_person()
    {
        foreach (var (person, right) in new[] { ("ann@customer.example", true), ("ben@other.example", false) })
        {
            var copy = await CopyAsync(person, TimeSpan.FromHours(5));
            await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"), address: right ? "198.51.100.7" : "192.0.2.9");
            await HitsAsync(copy, 1);
            await Until.TrueAsync(async () => (await Rita.GetAsync("/prompts")).At("items")!.AsArray().Count == 1, "the prompt is there");
            await Rita.PostAsync($"/prompts/{(await Rita.GetAsync("/prompts")).Text("items", 0, "id")}/dismiss", new { right });
        }
        var precision = await Rita.GetAsync("/signals/precision");
        Assert.Equal((1L, 2L, 0.5), ((long)precision["right"]!, (long)precision["rated"]!, (double)precision["precision"]!));
        var rule = precision.At("rules", 0)!;
        Assert.Equal(("clicked", 1L, 2L), (rule.Text("rule"), (long)rule["right"]!, (long)rule["rated"]!));
        Assert.All(new[] { precision, rule }, p => Assert.Equal((0.095, 0.905), (Math.Round((double)p["low"]!, 3), Math.Round((double)p["high"]!, 3))));   // Wilson, 1 of 2

        var text = new List<string>();
        await foreach (var trace in ActivatorUtilities.CreateInstance<Tracker.Traces.TraceExport>(Server.Services).RunAsync(Server.Database, () => { }, TestContext.Current.CancellationToken))
        {
            text.Add(System.Text.Json.JsonSerializer.Serialize(trace, Tracker.Traces.Trace.Format));
        }
        Assert.Equal(2, text.Count);
        Assert.All(text, line => Assert.DoesNotMatch("ann|customer|198\\.51|192\\.0\\.2|pricing|proposal", line));
        await using var store = await Tracker.Traces.TraceStore.CreateAsync(Server.Services.GetRequiredService<Tracker.Settings.TrackerSettings>(), TestContext.Current.CancellationToken);
        var (score, player) = (new Tracker.Traces.TraceScore(), new Tracker.Traces.TracePlayer(store));
        foreach (var line in text)
        {
            var trace = Tracker.Traces.Trace.Parse(line, scored: true);
            score.Add(trace, await player.PlayAsync(trace, TestContext.Current.CancellationToken));
        }
        // Played again, it is judged as it was: rightly for the one, wrongly for the other.
        Assert.Equal((2, 1, 0, 1), (score.Traces, score.WrongPrompts, score.MissedPrompts, score.VerdictsRight));
    }
}

public sealed class SqliteHonest : HonestTests
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class PostgresHonest : HonestTests
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
