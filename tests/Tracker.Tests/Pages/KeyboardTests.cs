using Microsoft.Playwright;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>Everything without a pointer.</summary>
public sealed class KeyboardTests(PageBrowser browser) : PageTest(browser)
{
    [Fact]
    public async Task A_call_is_answered_with_three_keys()
    {
        var (rita, client) = await RepAsync();
        await Server.VisitAsync((await MailAsync(client)).OpenUrl);
        await Server.VisitAsync((await MailAsync(client, "Anna Lee <anna@other.example>")).ClickUrl);
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(2);

        // Anna, hotter, is first; j goes to her, j again to Paul.
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator("#calls .call:focus")).ToContainTextAsync("Paul Prospect");
        await page.Keyboard.PressAsync("c");
        await page.Keyboard.PressAsync("v");
        await Expect(page.Locator(".outcome [type=submit]")).ToBeFocusedAsync();
        await ShootAsync(page, "keyboard-outcome");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(1);
        Assert.Equal("voicemail", (await client.GetAsync("/prompts?state=answered")).Text("items", 0, "outcome"));

        // The focus is on who is left: rate, snooze, gone.
        await page.Keyboard.PressAsync("r");
        await Expect(page.Locator("[data-act=right]")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator("#said")).ToContainTextAsync("right alarm");
        await page.Keyboard.PressAsync("s");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".sheet:not([hidden])")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("s");
        await page.Keyboard.PressAsync("2");
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(0);
        Assert.Equal("snoozed", (await client.GetAsync("/prompts?state=snoozed")).Text("items", 0, "state"));
    }

    [Fact]
    public async Task Help_lists_the_keys_of_the_page_and_they_can_be_switched_off()
    {
        var (rita, client) = await RepAsync();
        await Server.VisitAsync((await MailAsync(client)).OpenUrl);
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("?");
        var help = page.Locator("#help");
        await Expect(help).ToContainTextAsync("dial");
        await Expect(help).ToContainTextAsync("go to Hot");
        await Expect(help.GetByText("Called", new() { Exact = true })).ToBeVisibleAsync();
        await ShootAsync(page, "help");
        await help.GetByLabel("Switch single keys off").CheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("h");
        await page.Keyboard.PressAsync("c");
        Assert.Equal("/", new Uri(page.Url).AbsolutePath);
        await Expect(page.Locator(".sheet:not([hidden])")).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("?");
        await help.GetByLabel("Switch single keys off").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("h");
        await Expect(page).ToHaveURLAsync(Address("/hot"));
    }

    [Fact]
    public async Task The_call_list_is_worked_off_by_keyboard()
    {
        var (rita, client) = await RepAsync();
        var (first, second) = (await MailAsync(client), await MailAsync(client, "Anna Lee <anna@other.example>"));
        foreach (var mail in new[] { first, second })
        {
            await client.PostAsync($"/prospects/{mail.ProspectId}/touches", new { kind = "call", outcome = "noAnswer", note = "Rang out." }, System.Net.HttpStatusCode.Created);
        }
        // What that call left to do is due now.
        Server.Time.Advance(TimeSpan.FromDays(14));
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/today");
        var cards = page.Locator("#calls .call");
        await Expect(cards).ToHaveCountAsync(2);
        var next = await cards.Nth(1).Locator("h3").InnerTextAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("c");
        await page.Keyboard.PressAsync("n");
        await Expect(page.Locator(".outcome [type=submit]")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(cards).ToHaveCountAsync(1);
        // The next one has the focus: no key to get there.
        await Expect(page.Locator("#calls .call:focus")).ToContainTextAsync(next);
        await page.Keyboard.PressAsync("c");
        await page.Keyboard.PressAsync("v");
        await Expect(page.Locator(".outcome [type=submit]")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(cards).ToHaveCountAsync(0);
        var kinds = new List<string>();
        foreach (var mail in new[] { first, second })
        {
            kinds.Add((await client.GetAsync($"/prospects/{mail.ProspectId}/touches")).Text("items", 0, "outcome"));
        }
        Assert.Equal(["noAnswer", "voicemail"], kinds.Order());
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("n");
        await Expect(page).ToHaveURLAsync(Address("/"));
        Assert.Empty(ConsoleErrors);
    }

    [Fact]
    public async Task A_link_is_made_and_copied_by_keys()
    {
        var (rita, _) = await RepAsync();
        var page = await SignedInAsync(rita.Id);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync("/compose");
        await page.Keyboard.TypeAsync("example.com/pricing");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("anna@customer.example");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#link-result")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("y");
        await Expect(page.Locator("#said")).ToContainTextAsync("Copied");
        var link = await page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Contains("/c/", link, StringComparison.Ordinal);
        using var click = await Server.VisitAsync(link);
        Assert.Equal("https://example.com/pricing", click.Headers.GetValues("Location").Single());

        await page.Locator("#f-source").FillAsync(Mails.Proposal("Bea <bea@customer.example>"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Track it" }).ClickAsync();
        await Expect(page.Locator("#copies")).ToContainTextAsync("bea@customer.example");
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Save the file" }).ClickAsync());
        Assert.Contains("/o/", await File.ReadAllTextAsync((await file.PathAsync())!, Ct), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "What was tracked" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("2 of 2 links tracked");
        Assert.Empty(ConsoleErrors);
    }
}
