using System.Text;
using Tracker.Tests.Support;

namespace Tracker.Tests.Story;

/// <summary>The whole job as it happens: a real mail, a real browser, and the rep who is told.</summary>
public sealed class TheStory
{
    // A newsletter of 2002 from the SpamAssassin public corpus (hard-ham-1/00201); only the address of one link is changed, to a site that runs here.
    const string MailFile = "Mails/spamassassin-hard-ham-00201.eml", ItsLink = "http://www.keenspot.com/\"";

    [Fact]
    public async Task A_prospect_reads_the_mail_and_the_rep_is_told()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var tracker = await TestServer.StartAsync(engine);
        await using var webmail = await Webmail.StartAsync();
        await using var browser = await Browser.StartAsync();

        // Rita sends a mail, an hour ago: seconds after sending not even a person can be told from a scanner.
        var rita = await tracker.RepClientAsync();
        var destination = $"{webmail.Address}/proposal?for=mothlight&page=1#terms";
        var mail = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, MailFile), Encoding.Latin1, TestContext.Current.CancellationToken))
            .Replace(ItsLink, destination.Replace("&", "&amp;", StringComparison.Ordinal) + "\"", StringComparison.Ordinal);
        var message = await rita.MailAsync(mail);
        var copy = message.At("copies")!.AsArray().Single()!;
        Assert.Equal("mothlight@fastmail.fm", copy.Text("recipient"));
        Assert.Equal(
            ["mailto: links are left alone", "unsubscribe links are left alone"],
            Reasons(copy, "mailto:help@keenspot.com", "http://www.keenspot.com/unsubscribe.html"));

        // She watches the feed.
        await using var feed = await FeedClient.OpenAsync(rita);
        Assert.Equal("ready", (await feed.NextAsync()).Type);

        // The prospect opens the copy in a browser.
        webmail.Show(Convert.FromBase64String(copy.Text("mime")));
        var page = await browser.NewPageAsync();
        await page.GotoAsync(webmail.Address + "/mail");
        var open = await feed.NextAsync("hit");
        Assert.Equal(("open", "human"), (open.Data.Text("kind"), open.Data.Text("verdict")));
        var raised = await feed.NextAsync("prompt.raised");
        Assert.Equal("mothlight@fastmail.fm", raised.Data.Text("email"));

        // Six minutes later they come back and follow the link. It lands where the author said, to the last character.
        tracker.Time.Advance(TimeSpan.FromMinutes(6));
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Keenspot", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(destination);
        Assert.Equal("The proposal", await page.TitleAsync());
        Assert.Equal(["?for=mothlight&page=1"], webmail.Visits);
        var refreshed = await feed.NextAsync("prompt.refreshed");
        Assert.Matches("^second look in [78] minutes, now on the “Keenspot” link$", refreshed.Data.Text("reasons", 0));

        // Asked who is hot, the list names the prospect.
        var hot = await rita.GetAsync("/prospects/hot");
        Assert.Equal("mothlight@fastmail.fm", hot.Text("items", 0, "email"));
        Assert.Equal(raised.Data.Text("id"), hot.Text("items", 0, "promptId"));
    }

    static IEnumerable<string> Reasons(System.Text.Json.Nodes.JsonNode copy, params string[] urls) =>
        urls.Select(url => copy.At("links")!.AsArray().Single(l => l!.Text("url") == url)!.Text("reason"));
}
