using Microsoft.Playwright;
using Tracker.Tests.Api;
using Tracker.Tests.Story;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>The whole day of a rep, in two real browsers: hers and the prospect's.</summary>
public sealed class RepsDay(PageBrowser browser) : PageTest(browser)
{
    [Fact]
    public async Task From_signing_in_to_the_next_step()
    {
        var (rep, client) = await RepAsync();
        var page = await StrangerAsync();

        // Nobody is let in without signing in, and the link leads to where she wanted to go.
        await page.GotoAsync("/today");
        Assert.EndsWith("/sign-in?next=%2Ftoday", page.Url, StringComparison.Ordinal);
        await page.GotoAsync(await Server.LinkAsync(rep.Id));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your first call, in three steps" })).ToBeVisibleAsync();
        await Expect(page.Locator("#earlier")).ToBeHiddenAsync();
        await ShootAsync(page, "now-empty");

        // A mail goes out; its reader opens it in a browser and follows the link.
        await using var webmail = await Webmail.StartAsync();
        var message = await client.MailAsync(Mails.Proposal(text: "Here is our offer.").Replace("https://example.com/pricing", webmail.Address + "/proposal", StringComparison.Ordinal));
        await client.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = "paul@customer.example", phone = "+49 30 23125 117", timeZone = "America/New_York" }));
        webmail.Show(Convert.FromBase64String(message.Text("copies", 0, "mime")));
        await page.ReloadAsync();
        await Expect(page.Locator("#calls .call")).ToHaveCountAsync(0);
        var reader = await StrangerAsync();
        await reader.GotoAsync(webmail.Address + "/mail");
        var card = page.Locator("#calls .call");
        await Expect(card).ToBeVisibleAsync();
        await Expect(card).ToContainTextAsync("Paul Prospect");
        Server.Time.Advance(TimeSpan.FromMinutes(4));
        await reader.GetByRole(AriaRole.Link, new() { Name = "Pricing" }).ClickAsync();
        await Expect(card).ToContainTextAsync("now on the “Pricing” link");
        Assert.Equal("tel:+493023125117", await card.GetByRole(AriaRole.Link, new() { Name = "+49 30 23125 117" }).GetAttributeAsync("href"));
        await Expect(card).ToContainTextAsync("their time");
        Assert.StartsWith("(1) Now", await page.TitleAsync(), StringComparison.Ordinal);
        await Expect(page.Locator("#feed .line.human")).ToHaveCountAsync(2);
        await ShootAsync(page, "now-one-call");

        // Why is it a person's?
        await page.Locator("#feed .line.human .why").First.ClickAsync();
        await Expect(page.Locator("#feed .reasons")).ToContainTextAsync("A person");

        // She calls and says what came of it; the next step is filled in.
        await card.GetByRole(AriaRole.Button, new() { Name = "Called" }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "connected" }).ClickAsync();
        await card.GetByLabel("Note").FillAsync("Wants the numbers for two depots.");
        await card.GetByLabel("Minutes").FillAsync("7");
        await ShootAsync(page, "now-outcome");
        await card.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        await Expect(page.Locator("#feed")).ToContainTextAsync("called: connected");
        Assert.Equal("Now · Tracker", await page.TitleAsync());

        var prospect = (await client.GetAsync("/prospects?email=paul@customer.example")).At("items", 0)!;
        Assert.Equal("call", prospect.Text("owed", 0, "kind"));
        var answered = (await client.GetAsync("/prompts?state=answered")).At("items", 0)!;
        Assert.Equal(("connected", "Wants the numbers for two depots.", "7"), (answered.Text("outcome"), answered.Text("note"), answered.At("minutes")!.ToString()));
        await page.GotoAsync($"/prospects/{prospect.Text("id")}");
        await Expect(page.Locator(".timeline")).ToContainTextAsync("Wants the numbers for two depots.");
        await ShootAsync(page, "prospect");
        Assert.Empty(ConsoleErrors);
    }

    [Fact]
    public async Task Two_reps_see_their_own_and_hand_over()
    {
        var (rita, ritas) = await RepAsync();
        var (olga, _) = await RepAsync("olga@example.com", "Olga Rep");
        var mail = await MailAsync(ritas);
        var (hers, other) = (await SignedInAsync(rita.Id), await SignedInAsync(olga.Id));
        await hers.GotoAsync("/");
        await other.GotoAsync("/");
        await Server.VisitAsync(mail.ClickUrl);
        await Expect(hers.Locator("#calls .call")).ToBeVisibleAsync();
        Assert.Equal(0, await other.Locator("#calls .call").CountAsync());

        await hers.Locator("body").PressAsync("h");
        await hers.Locator(".sheet").GetByRole(AriaRole.Button, new() { Name = "Olga Rep" }).ClickAsync();
        await Expect(hers.Locator("#calls .call")).ToHaveCountAsync(0);
        await Expect(hers.Locator("#feed")).ToContainTextAsync("handed to olga@example.com");
        await Expect(other.Locator("#calls .call")).ToContainTextAsync("Paul Prospect");
        await other.GotoAsync($"/prospects/{mail.ProspectId}");
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Paul Prospect" })).ToBeVisibleAsync();
        // The mail stays Rita's.
        await other.GotoAsync($"/mails/{mail.Id}");
        await Expect(other.Locator("main")).ToContainTextAsync("not yours to see");
    }

    /// <summary>Not the time that a test takes but what a person has to do: seven taps and 39 characters with name and number, four taps and 21 characters without.</summary>
    [Theory]
    [InlineData(true, 7, 39)]
    [InlineData(false, 4, 21)]
    public async Task A_new_prospect_with_a_meeting_takes_one_form_and_few_taps_on_a_phone(bool withNameAndNumber, int mostTaps, int mostKeys)
    {
        var (rita, client) = await RepAsync();
        var page = await SignedInAsync(rita.Id, 360);
        var (taps, keys, began) = (0, 0, TimeProvider.System.GetTimestamp());
        async Task TapAsync(ILocator what)
        {
            await what.TapAsync();
            taps++;
        }
        async Task TypeAsync(string text)
        {
            await page.Keyboard.TypeAsync(text);
            keys += text.Length;
        }
        await page.GotoAsync("/");
        await TapAsync(page.GetByText("More"));
        await TapAsync(page.GetByRole(AriaRole.Link, new() { Name = "New prospect" }));
        // The address has the focus, so the keyboard is up: type, go on, done.
        await Expect(page.GetByLabel("Mail address")).ToBeFocusedAsync();
        await TypeAsync("Anna@Customer.example");
        if (withNameAndNumber)
        {
            await TapAsync(page.GetByLabel("Name", new() { Exact = true }));
            await TypeAsync("Anna Lee");
            await TapAsync(page.GetByLabel("Phone"));
            await TypeAsync("0312000100");
        }
        await TapAsync(page.GetByRole(AriaRole.Button, new() { Name = "in 2 days" }));
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "You meet on" })).Not.ToHaveValueAsync("");
        await ShootAsync(page, "new-prospect-phone");
        await TapAsync(page.GetByRole(AriaRole.Button, new() { Name = "Add" }));
        await Expect(page.Locator("main")).ToContainTextAsync("anna@customer.example");
        // 0.33 s a character is what people take on a phone (Palin and others, How do People Type on Mobile Devices?, MobileHCI 2019: 36.2 words a minute); 1.1 s a tap is pointing in the
        // keystroke-level model (Card, Moran and Newell, CACM 1980). Told, not asserted: what is asserted is how much there is to do.
        TestContext.Current.SendDiagnosticMessage($"{taps} taps, {keys} keys: about {taps * 1.1 + keys * 0.33:0.0} s for a person; the browser took {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        Assert.True(taps <= mostTaps && keys <= mostKeys, $"{taps} taps, {keys} keys");
        var prospect = (await client.GetAsync("/prospects?email=anna@customer.example")).At("items", 0)!;
        Assert.NotEmpty(prospect.At("owed")!.AsArray());
        if (withNameAndNumber)
        {
            Assert.Equal(("Anna Lee", "0312000100"), (prospect.Text("name"), prospect.Text("phone")));
        }
    }
}
