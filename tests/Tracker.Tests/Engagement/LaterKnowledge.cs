using System.Net;
using System.Text.Json.Nodes;
using Tracker.Domain.Signals;
using Tracker.Engagement;
using Tracker.Tests.Signals;
using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

/// <summary>What is learned about a mail after its hits were judged, and what only its author knows.</summary>
public abstract class LaterKnowledge : ServerContract
{
    /// <summary>The verdicts, oldest hit first, once they are as expected: judging anew happens within a second or so.</summary>
    async Task BecomeAsync(JsonNode copy, params string[] expected)
    {
        var seen = "";
        await Until.TrueAsync(async () => (seen = string.Join(' ', Verdicts(await HitsAsync(copy, expected.Length)))) == string.Join(' ', expected), $"verdicts are {string.Join(' ', expected)}");
    }

    async Task ViewAsync(JsonNode copy, ApiClient who, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await who.SendAsync(HttpMethod.Post, $"/messages/{await MessageOfAsync(copy)}/viewed");
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_picture_fetched_while_the_rep_has_the_thread_open_may_be_the_reps_own()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var copy = await CopyAsync("ann@customer.example", TimeSpan.FromHours(5));
        await Server.VisitAsync(copy.Text("openUrl"), Browsers.GmailProxy, "66.249.84.1");
        await feed.NextAsync("prompt.raised");
        var olga = await Server.RepClientAsync("olga@example.com");
        await ViewAsync(copy, olga, HttpStatusCode.NotFound);
        await ViewAsync(copy, Rita);
        await feed.NextAsync("prompt.withdrawn");
        await BecomeAsync(copy, "unknown");
        Assert.Contains("you had this thread open", (await HitsAsync(copy, 1))[0]!.Text("reasons", 0), StringComparison.Ordinal);

        Server.Time.Advance(TimeSpan.FromSeconds(15));
        await Server.VisitAsync(copy.Text("openUrl"), Browsers.GmailProxy, "66.249.84.2");
        Server.Time.Advance(TimeSpan.FromSeconds(40));
        await Server.VisitAsync(copy.Text("openUrl"), Browsers.GmailProxy, "66.249.84.3");
        await BecomeAsync(copy, "unknown", "unknown", "human");
    }

    [Fact]
    public async Task The_true_time_of_sending_has_earlier_hits_judged_again()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var copy = await CopyAsync("ann@customer.example", TimeSpan.FromHours(5));
        await Server.VisitAsync(copy.Text("openUrl"), Browsers.GmailProxy, "66.249.84.1");
        await feed.NextAsync("prompt.raised");
        var sent = $"/messages/{await MessageOfAsync(copy)}/sent";
        await Rita.PostAsync(sent, new { at = Server.Time.GetUtcNow().AddSeconds(-20) });
        await feed.NextAsync("prompt.withdrawn");
        await BecomeAsync(copy, "unknown");
        await Rita.PostAsync(sent, new { at = Server.Time.GetUtcNow().AddHours(-5) });
        await BecomeAsync(copy, "human");
    }

    [Fact]
    public async Task A_link_whose_time_of_sending_is_unknown_was_not_sent_before_it_was_made()
    {
        var link = await Rita.PostAsync("/links", new { recipient = new { email = "ann@customer.example" }, url = "https://example.com/" }, HttpStatusCode.Created);
        var copy = JsonNode.Parse($$"""{"id":"{{link.Text("copyId")}}"}""")!;
        await Server.VisitAsync(link.Text("openUrl"), Browsers.GmailProxy, "66.249.84.1");
        await BecomeAsync(copy, "unknown");
        Assert.Contains("after the copy was made", (await HitsAsync(copy, 1))[0]!.Text("reasons", 0), StringComparison.Ordinal);
        Server.Time.Advance(TimeSpan.FromMinutes(2));
        await Server.VisitAsync(link.Text("openUrl"), Browsers.GmailProxy, "66.249.84.2");
        await BecomeAsync(copy, "unknown", "human");
    }

    [Fact]
    public async Task A_link_that_its_author_hid_from_people_gives_a_scanner_away()
    {
        var mail = Mails.Proposal("ann@customer.example").Replace("<a href=\"https://example.com/references\">", "<a style=\"display:none\" data-track=\"honeypot\" href=\"https://example.com/trap\">", StringComparison.Ordinal);
        var copy = (await Rita.MailAsync(mail, sentAt: Server.Time.GetUtcNow().AddHours(-5))).At("copies", 0)!;
        Assert.DoesNotContain("honeypot", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(copy.Text("mime"))), StringComparison.Ordinal);
        await Server.VisitAsync(copy.Text("links", 1, "trackedUrl"), address: "198.51.100.80");
        Server.Time.Advance(TimeSpan.FromSeconds(8));
        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"), address: "198.51.100.80");
        await BecomeAsync(copy, "machine", "machine");
        Assert.Contains("people cannot see", (await HitsAsync(copy, 2))[0]!.Text("reasons", 0), StringComparison.Ordinal);
        Server.Time.Advance(TimeSpan.FromHours(3));
        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"), Make.IPhone, "203.0.113.5");
        await BecomeAsync(copy, "machine", "machine", "human");
    }

    [Fact]
    public void Hits_that_two_servers_numbered_are_judged_in_the_order_of_time()
    {
        // The second server's scan was stored first, with the larger id; the person's click before it comes from the first server's journal.
        var (scan, person) = (Make.Click(4012, 0, Make.Chrome, "192.0.2.90") with { Id = 1L << 50 }, Make.Click(4000, 0, Make.IPhone, "198.51.100.7") with { Id = 7 });
        var copy = new CopyRow();
        JudgedHit[] hits = [new(copy, scan, new(scan.Id, Verdict.Human, 0.9, ["x"])), new(copy, person, null)];
        JudgedHit.Judge(hits, new() { SentAt = Make.Sent, LinkCount = 3, Hits = [] }, Make.Sent.AddHours(2));
        Assert.Equal([Verdict.Machine, Verdict.Human], hits.Select(h => h.After.Verdict));
    }
}

public sealed class SqliteLaterKnowledge : LaterKnowledge
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class PostgresLaterKnowledge : LaterKnowledge
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
