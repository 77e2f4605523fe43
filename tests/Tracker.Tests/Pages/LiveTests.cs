using Microsoft.Playwright;
using Tracker.Prompts;
using Tracker.Tests.Api;
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
    public async Task A_stream_that_died_while_the_machine_slept_is_replaced()
    {
        var (rita, client) = await RepAsync();
        var mail = await MailAsync(client);
        await using var relay = new Relay(Server.Address.Port);
        var page = await SignedInAsync(rita.Id);
        await page.Clock.InstallAsync();
        await page.GotoAsync(relay.Address.ToString());
        var lines = page.Locator("#feed .line");
        await Server.VisitAsync(mail.OpenUrl);
        await Expect(lines).ToHaveCountAsync(1);

        relay.SilenceStreams();
        Server.Time.Advance(TimeSpan.FromMinutes(2));
        await Server.VisitAsync(mail.ClickUrl);
        // The lid is opened again: timers find that minutes have gone by.
        await page.Clock.FastForwardAsync("10:00");
        await Expect(lines).ToHaveCountAsync(2);
        // What comes now comes over a new stream, long before the page would ask by itself.
        Server.Time.Advance(TimeSpan.FromMinutes(2));
        await Server.VisitAsync(mail.OpenUrl);
        await Expect(lines).ToHaveCountAsync(3);
        Assert.Equal(3, (await lines.EvaluateAllAsync<string[]>("lines => lines.map(line => line.id)")).Distinct().Count());
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
        await StoredAsync(() => page.GetByLabel("Desktop notification").CheckAsync());
        await StoredAsync(async () =>
        {
            await page.GetByLabel("At most per hour").FillAsync("1");
            await page.GetByLabel("At most per hour").BlurAsync();
        });
        await page.Keyboard.PressAsync("Escape");
        await page.Mouse.ClickAsync(5, 5);
        await Server.VisitAsync(mails[1].OpenUrl, address: "198.51.101.7");
        await page.WaitForFunctionAsync("() => window.shown.length === 1");
        await Server.VisitAsync(mails[2].OpenUrl, address: "198.51.102.7");
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(3);
        Assert.Equal("P1", await page.EvaluateAsync<string>("window.shown.join()"));

        // The choice is hers wherever she signs in.
        var other = await SignedInAsync(rita.Id);
        await other.GotoAsync("/");
        await other.Keyboard.PressAsync("a");
        await Expect(other.GetByLabel("Desktop notification")).ToBeCheckedAsync();
        await Expect(other.GetByLabel("At most per hour")).ToHaveValueAsync("1");
        await Expect(other.Locator("#alert-about")).ToContainTextAsync("this browser does not show them yet");

        async Task StoredAsync(Func<Task> change)
        {
            var stored = await page.RunAndWaitForResponseAsync(change, r => r.Url.EndsWith("/settings/alerts", StringComparison.Ordinal));
            Assert.Equal(200, stored.Status);
        }
    }

    [Fact]
    public async Task Outside_her_hours_a_call_comes_silently_when_she_wants_that()
    {
        var (rita, client) = await RepAsync();
        var mail = await MailAsync(client);
        await Server.Database.WriteAsync(s => AlertChoices.PutAsync(s, rita.Id, new(true, false, 6, true)), Ct);
        var today = Server.Time.GetUtcNow();
        await client.SendAsync(HttpMethod.Put, "/working-time", Answers.Json(new
        {
            timeZone = "Europe/Berlin",
            daysOff = Enumerable.Range(-1, 3).Select(i => new { day = today.AddDays(i).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) }),
        }));
        var page = await SignedInAsync(rita.Id);
        await page.Context.GrantPermissionsAsync(["notifications"]);
        await page.AddInitScriptAsync("window.shown = []; class Counted { static permission = 'granted'; constructor(title) { window.shown.push(title); } } window.Notification = Counted;");
        await page.GotoAsync("/");
        await Server.VisitAsync(mail.OpenUrl);
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(1);
        Assert.Equal(0, await page.EvaluateAsync<int>("window.shown.length"));

        // Back at work, at any hour.
        await client.SendAsync(HttpMethod.Put, "/working-time", Answers.Json(new
        {
            timeZone = "Europe/Berlin", hours = Enum.GetNames<DayOfWeek>().Select(day => new { day = day.ToLowerInvariant(), from = "00:00", to = "24:00" }),
        }));
        await Server.VisitAsync((await MailAsync(client, "Anna Lee <anna@other.example>")).OpenUrl, address: "198.51.101.7");
        await page.WaitForFunctionAsync("() => window.shown.length === 1");
        Assert.Equal("Anna Lee", await page.EvaluateAsync<string>("window.shown.join()"));
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
