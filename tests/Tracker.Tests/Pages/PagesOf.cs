using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Pages;

/// <summary>Every page of a rep, with something on each; and a server full enough to show it.</summary>
static class PagesOf
{
    public static readonly string[] Paths = ["/", "/today", "/hot", "/mails", "/mails/1", "/prospects/1", "/companies/1", "/prospects/new", "/compose", "/account", "/prospects/999", "/swagger/index.html"];

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
}
