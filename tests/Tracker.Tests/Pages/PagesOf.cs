using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Pages;

/// <summary>Every page of a rep, with something on each; and a server full enough to show it.</summary>
static class PagesOf
{
    public static readonly string[] Paths = ["/", "/today", "/hot", "/mails", "/mails/1", "/prospects/1", "/companies/1", "/prospects/new", "/compose", "/account", "/prospects/999", "/swagger/index.html"];

    /// <summary>Those of an administrator; the first rep of a test is number 1.</summary>
    public static readonly string[] Settings = ["/settings", "/settings/team", "/settings/team/1", "/settings/keys", "/settings/networks", "/settings/mail", "/settings/server", "/settings/check"];

    /// <summary>Pages that need nobody signed in.</summary>
    public static readonly string[] Public = ["/sign-in", "/sign-in/none", "/problems/not-found"];

    /// <summary>A prospect who reads, one who clicks, a machine, an answered call with a next step that is due, and a missed one.</summary>
    public static async Task FillAsync(TestServer server, ApiClient rep)
    {
        var urls = new List<(string Open, string Click)>();
        foreach (var (to, subject) in new[] { ("Paul Prospect <paul@customer.example>", "Our proposal"), ("Anna Lee <anna@customer.example>", "Pricing for 40 seats"), ("Olga <olga@other.example>", "Contract") })
        {
            var copy = (await rep.MailAsync(Mails.Proposal(to, subject))).At("copies", 0)!;
            await rep.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = copy.Text("recipient"), phone = "+49 30 23125 117", timeZone = "America/New_York" }));
            urls.Add((copy.Text("openUrl"), copy.Text("links", 0, "trackedUrl")));
        }
        await server.VisitAsync(urls[2].Open);
        await using var feed = await FeedClient.OpenAsync(rep, 0);
        var missed = await feed.NextAsync("prompt.raised");
        server.Time.Advance(TimeSpan.FromMinutes(70));
        await feed.NextAsync("prompt.expired");
        await server.VisitAsync(urls[0].Open);
        await server.VisitAsync(urls[0].Open, "");
        await server.VisitAsync(urls[1].Click);
        await feed.NextAsync("prompt.raised");
        await feed.NextAsync("prompt.raised");
        Assert.NotEmpty(missed.Data.Text("id"));
    }

    /// <summary>Forty more who read at once, and ten thousand lines on the feed.</summary>
    public static async Task FillMuchAsync(TestServer server, ApiClient rep, long repId)
    {
        for (var i = 0; i < 40; i++)
        {
            // A text of its own, by more than a word of the name: one that goes to many prompts at a click only.
            var copy = (await rep.MailAsync(Mails.Proposal($"Prospect Number {i} <p{i}@customer{i % 12}.example>", i % 3 == 0 ? $"A subject that goes on for rather long because it says everything at once, number {i}" : $"Proposal {i}", text: $"Offer of lot{i}."))).At("copies", 0)!;
            await server.VisitAsync(copy.Text("openUrl"), address: $"198.51.{i + 1}.7");
        }
        await using (var feed = await FeedClient.OpenAsync(rep, 0))
        {
            for (var i = 0; i < 40; i++)
            {
                await feed.NextAsync("prompt.raised");
            }
        }
        await FillFeedAsync(server, repId, 10_000);
    }

    /// <summary>Entries as the engagement writes them, a hit each.</summary>
    public static Task FillFeedAsync(TestServer server, long repId, int count) => server.Database.WriteAsync(async s =>
    {
        var now = server.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await s.InsertAsync("insert into feed (at_ms, type, rep_id, prospect_id, message_id, data) values", [.. Enumerable.Range(0, count).Select(i => new object?[]
        {
            now - (count - i) * 1000L, "hit", repId, 1L, 1L,
            $$$"""{"hitId":"{{{900_000 + i}}}","copyId":"1","messageId":"1","prospectId":"1","recipient":"paul@customer.example","subject":"Our proposal","kind":"open","at":"{{{server.Time.GetUtcNow().AddSeconds(i - count):O}}}","verdict":"{{{(i % 3 == 0 ? "unknown" : "human")}}}","reasons":["opened in Firefox"],"counts":{"human":1,"automatic":0,"unknown":0}}""",
        })]);
    }, TestContext.Current.CancellationToken);
}
