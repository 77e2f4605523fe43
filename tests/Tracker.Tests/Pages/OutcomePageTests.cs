using Microsoft.Playwright;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>Whatever comes of a call is said with two keys and Enter; what is silenced stays silent.</summary>
public sealed class OutcomePageTests(PageBrowser browser) : PageTest(browser)
{
    [Fact]
    public async Task Each_outcome_has_its_key_and_leaves_a_next_step_or_none_for_ever()
    {
        var (rita, client) = await RepAsync();
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        var cards = page.Locator("#calls .call");
        (string Key, string Outcome, bool AsksWhen)[] outcomes = [("c", "connected", false), ("v", "voicemail", false), ("n", "noAnswer", false), ("w", "wrongNumber", false), ("l", "notNow", true), ("u", "willCallUs", true), ("x", "stop", false)];
        Assert.Equal(outcomes.Length, Tracker.Pages.Now.Outcomes.All.Count);
        foreach (var ((key, outcome, asksWhen), i) in outcomes.Select((o, i) => (o, i)))
        {
            var mail = await MailAsync(client, $"Person {outcome} <p{i}@customer{i}.example>", $"About {outcome}");
            await Server.VisitAsync(mail.ClickUrl, address: $"198.51.{i + 100}.7");
            await Expect(cards).ToHaveCountAsync(1);
            await Expect(cards).ToContainTextAsync($"Person {outcome}");
            await cards.FocusAsync();
            await page.Keyboard.PressAsync("c");
            await page.Keyboard.PressAsync(key);
            await Expect(page.Locator(".outcome")).ToBeVisibleAsync();
            // Filled in already, but for who is never called again.
            await Expect(page.Locator(".outcome [name=at]")).ToHaveCountAsync(outcome == "stop" ? 0 : 1);
            var at = DateTimeOffset.FromUnixTimeSeconds(Server.Time.GetUtcNow().AddDays(20).ToUnixTimeSeconds() / 3600 * 3600);
            if (asksWhen)
            {
                await page.Locator(".outcome [name=at]").FillAsync(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture));
            }
            await page.Locator(".outcome [name=note]").FillAsync($"Note of {outcome}");
            await page.Keyboard.PressAsync("Enter");
            await Expect(cards).ToHaveCountAsync(0);

            var prompt = (await client.GetAsync("/prompts?state=answered")).At("items")!.AsArray().Single(p => p!.Text("prospectId") == mail.ProspectId)!;
            Assert.Equal((outcome, $"Note of {outcome}"), (prompt.Text("outcome"), prompt.Text("note")));
            var owed = (await client.GetAsync($"/prospects/{mail.ProspectId}")).At("owed")!.AsArray();
            if (outcome == "stop")
            {
                Assert.Empty(owed);
            }
            else
            {
                var due = DateTimeOffset.Parse(Assert.Single(owed)!.Text("dueAt"), System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(asksWhen ? due == at : due > Server.Time.GetUtcNow().AddMinutes(-1), $"{outcome}: {due:O} {at:O}");
            }
        }
        Assert.Empty(ConsoleErrors);
    }

    [Fact]
    public async Task A_mail_or_a_person_is_silenced_with_two_keys_and_heard_again()
    {
        var (rita, client) = await RepAsync();
        var page = await SignedInAsync(rita.Id);
        var mail = await MailAsync(client);
        await Server.VisitAsync(mail.OpenUrl);
        await page.GotoAsync("/");
        await page.Locator("#calls .call").FocusAsync();
        foreach (var (key, path, says) in new[] { ("1", $"/mails/{mail.Id}", "looks at this mail prompt no call"), ("2", $"/prospects/{mail.ProspectId}", "Unmute") })
        {
            await page.GotoAsync("/");
            await page.Locator("#calls .call").FocusAsync();
            await page.Keyboard.PressAsync("m");
            await page.Keyboard.PressAsync(key);
            await Expect(page.Locator("#said")).ToContainTextAsync("Muted");
            await page.GotoAsync(path);
            await Expect(page.Locator("main")).ToContainTextAsync(says);
            await page.Keyboard.PressAsync("m");
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Mute", Exact = false }).First).ToContainTextAsync("Mute");
            await Expect(page.Locator("main")).Not.ToContainTextAsync("Unmute");
        }
        Assert.Empty(ConsoleErrors);
    }

    [Fact]
    public async Task A_wrong_alarm_is_called_one_and_dismissed()
    {
        var (rita, client) = await RepAsync();
        var page = await SignedInAsync(rita.Id);
        var mail = await MailAsync(client);
        await Server.VisitAsync(mail.OpenUrl);
        await page.GotoAsync("/");
        var card = page.Locator("#calls .call");
        await card.FocusAsync();
        await page.Keyboard.PressAsync("w");
        await Expect(page.Locator("#said")).ToContainTextAsync("wrong alarm");
        await Expect(card.Locator("[data-act=wrong]")).ToHaveAttributeAsync("aria-pressed", "true");
        await card.Locator("[data-act=dismiss]").ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Expect(card).ToHaveCountAsync(0);
        var prompt = Assert.Single((await client.GetAsync("/prompts?state=dismissed")).At("items")!.AsArray())!;
        Assert.Equal((mail.ProspectId, "false"), (prompt.Text("prospectId"), prompt.At("right")!.ToJsonString()));
        Assert.Empty(ConsoleErrors);
    }
}
