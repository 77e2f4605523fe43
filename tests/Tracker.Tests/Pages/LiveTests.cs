using Microsoft.Playwright;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>What comes in while the page is open: without reload, without gap, and without moving what is about to be clicked.</summary>
public sealed class LiveTests(PageBrowser browser) : PageTest(browser)
{
    [Fact]
    public async Task The_feed_goes_on_after_the_server_has_restarted()
    {
        var (rita, client) = await RepAsync();
        var mail = await MailAsync(client);
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        await Server.VisitAsync(mail.OpenUrl);
        await Expect(page.Locator("#feed .line")).ToHaveCountAsync(1);

        var (address, time) = (Server.Address, Server.Time);
        await Server.DisposeAsync();
        await Expect(page.Locator("#link-state")).ToBeVisibleAsync();
        Server = await TestServer.StartAsync(Engine, time, ("urls", address.ToString().TrimEnd('/')));
        time.Advance(TimeSpan.FromMinutes(2));
        // While the page is not yet back, something happens.
        await Server.VisitAsync(mail.ClickUrl);
        await Expect(page.Locator("#feed .line")).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        await Expect(page.Locator("#link-state")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        time.Advance(TimeSpan.FromMinutes(2));
        await Server.VisitAsync(mail.OpenUrl);
        await Expect(page.Locator("#feed .line")).ToHaveCountAsync(3);
        // None twice, none missing.
        var ids = await page.Locator("#feed .line").EvaluateAllAsync<string[]>("lines => lines.map(line => line.id)");
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public async Task Nothing_moves_under_the_pointer()
    {
        var (rita, client) = await RepAsync();
        var first = await MailAsync(client);
        var second = await MailAsync(client, "Anna Lee <anna@other.example>", "The contract");
        await Server.VisitAsync(first.OpenUrl);
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        var paul = page.Locator("#calls .call", new() { HasText = "Paul Prospect" });
        var button = paul.GetByRole(AriaRole.Button, new() { Name = "Dismiss" });
        await button.HoverAsync();
        var before = await button.BoundingBoxAsync();

        // Anna is hotter, so her card belongs above Paul's: it waits behind the bar.
        await Server.VisitAsync(second.ClickUrl);
        var bar = page.Locator("#new-calls");
        await Expect(bar).ToContainTextAsync("1 new: Anna Lee");
        var after = await button.BoundingBoxAsync();
        Assert.Equal((before!.X, before.Y), (after!.X, after.Y));
        Assert.StartsWith("(2)", await page.TitleAsync(), StringComparison.Ordinal);
        await ShootAsync(page, "now-waiting");

        await page.Keyboard.PressAsync("n");
        await Expect(page.Locator("#calls .call").First).ToContainTextAsync("Anna Lee");
        await Expect(bar).ToBeHiddenAsync();
    }

    [Fact]
    public async Task What_is_checked_settles_and_machines_fold()
    {
        var (rita, client) = await RepAsync();
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        // Fresh from the outbox a click may be the first of a scan: it shows at once, and settles.
        var message = await client.MailAsync(Mails.Proposal(), sentAt: Server.Time.GetUtcNow());
        await Server.VisitAsync(message.Text("copies", 0, "links", 0, "trackedUrl"));
        await Expect(page.Locator("#feed .line")).ToHaveCountAsync(1);
        var id = await page.Locator("#feed .line").GetAttributeAsync("id");
        await Expect(page.Locator($"[id='{id}']:not(.checking)")).ToHaveCountAsync(1);

        for (var i = 0; i < 3; i++)
        {
            await Server.VisitAsync(message.Text("copies", 0, "openUrl"), "");
        }
        var fold = page.Locator("#feed .fold");
        await Expect(fold.Locator("summary").First).ToContainTextAsync("3 automatic");
        await fold.Locator("summary").First.ClickAsync();
        await Expect(fold.Locator(".line.machine").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Alerts_come_when_asked_for_and_stay_within_their_budget()
    {
        var (rita, client) = await RepAsync();
        var mails = new List<Mailing>();
        for (var i = 0; i < 3; i++)
        {
            mails.Add(await MailAsync(client, $"P{i} <p{i}@customer{i}.example>", $"Mail {i}"));
        }
        var page = await SignedInAsync(rita.Id);
        await page.Context.GrantPermissionsAsync(["notifications"]);
        // Counts what the page shows, and shows it.
        await page.AddInitScriptAsync("window.shown = []; const Real = Notification; class Counted extends Real { constructor(title, o) { super(title, o); window.shown.push(title); } } window.Notification = Counted;");
        await page.GotoAsync("/");
        // From a place each: three copies fetched from one place at once would be a scanner.
        await Server.VisitAsync(mails[0].OpenUrl, address: "198.51.100.7");
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(1);
        Assert.Equal(0, await page.EvaluateAsync<int>("window.shown.length"));

        await page.Keyboard.PressAsync("a");
        await page.GetByLabel("Desktop notification").CheckAsync();
        await page.GetByLabel("At most per hour").FillAsync("1");
        await page.GetByLabel("At most per hour").BlurAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Mouse.ClickAsync(5, 5);
        await Server.VisitAsync(mails[1].OpenUrl, address: "198.51.101.7");
        await page.WaitForFunctionAsync("() => window.shown.length === 1");
        await Server.VisitAsync(mails[2].OpenUrl, address: "198.51.102.7");
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(3);
        Assert.Equal("P1", await page.EvaluateAsync<string>("window.shown.join()"));
    }

    [Fact]
    public async Task What_was_missed_while_away_is_told()
    {
        var (rita, client) = await RepAsync();
        var mail = await MailAsync(client);
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await page.GotoAsync("/hot");
        // As if she had left an hour ago.
        await page.EvaluateAsync("localStorage.setItem('tracker.seen', JSON.stringify({ ...JSON.parse(localStorage.getItem('tracker.seen')), at: Date.now() - 3600000 }))");
        await Server.VisitAsync(mail.ClickUrl);
        await using (var feed = await FeedClient.OpenAsync(client, 0))
        {
            await feed.NextAsync("prompt.raised");
        }
        await page.GotoAsync("/");
        await Expect(page.Locator("#away")).ToContainTextAsync("While you were away: 1 person read, 1 click");
    }

    [Fact]
    public async Task A_session_that_ends_elsewhere_is_told_and_its_stream_is_closed()
    {
        var (rita, client) = await RepAsync();
        var mail = await MailAsync(client);
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await Server.Database.WriteAsync(s => s.ExecuteAsync("delete from sessions"), Ct);
        await Server.VisitAsync(mail.OpenUrl);
        await Expect(page.Locator("#link-state")).ToContainTextAsync("You are signed out.");
        Assert.Equal(0, await page.Locator("#feed .line").CountAsync());
    }
}
