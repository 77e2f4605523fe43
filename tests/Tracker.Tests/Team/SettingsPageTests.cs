using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Tracker.Access;
using Tracker.Tests.Inbound;
using Tracker.Tests.Outbox;
using Tracker.Tests.Pages;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Team;

/// <summary>The pages of settings in a real browser.</summary>
public sealed class SettingsPageTests(PageBrowser browser) : PageTest(browser)
{
    static readonly string[] Paths = ["/settings", "/settings/team", "/settings/team/1", "/settings/team/2", "/settings/keys", "/settings/networks", "/settings/mail", "/settings/server", "/settings/check"];

    async Task<Rep> FillAsync()
    {
        var ada = await Server.RepAsync("ada@example.com", "Ada Admin", role: Role.Admin);
        var gone = await Server.RepAsync("gone@example.com", "Gustav Gone");
        await Server.RepAsync("mona@example.com", "Mona Manager with a rather long name that has to wrap somewhere", role: Role.Manager);
        await Server.ClientAsync(ada.Id);
        await Server.ClientAsync(null, Scopes.Read, Scopes.Admin);
        await Server.ClientAsync(gone.Id);
        await Server.Database.WriteAsync(s => Reps.DeactivateAsync(s, gone.Id, Server.Time.GetUtcNow()), Ct);
        return ada;
    }

    /// <summary>The same page is looked at on a desk, on a phone, and in between, where only the arrangement differs.</summary>
    static readonly (int Width, ColorScheme Scheme)[] Looks = [(1440, ColorScheme.Light), (360, ColorScheme.Dark), (768, ColorScheme.Light)];

    [Fact]
    public async Task Axe_finds_nothing_and_nothing_is_wider_than_the_screen()
    {
        var page = await SignedInAsync((await FillAsync()).Id, motion: ReducedMotion.Reduce);
        var found = new List<string>();
        foreach (var path in Paths)
        {
            await page.GotoAsync(path);
            await LookAsync(path);
        }
        await page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();
        await Expect(page.Locator(".finding").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await LookAsync("/settings/check done");
        await page.GotoAsync("/settings/team");
        await page.GetByLabel("Mail address").FillAsync("nina@example.com");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Nina New");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add them" }).ClickAsync();
        await Expect(page.Locator("#once")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await LookAsync("/settings/team added");
        await page.GotoAsync("/settings/networks");
        await page.GetByLabel("Address or network").FillAsync("0.0.0.0/0");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add it" }).ClickAsync();
        await Expect(page.Locator(".wrong")).ToContainTextAsync("wider than an office");
        await LookAsync("/settings/networks wrong");
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.DoesNotContain(ConsoleErrors, e => !e.Contains("400", StringComparison.Ordinal));

        async Task LookAsync(string what)
        {
            foreach (var (width, scheme) in Looks)
            {
                await page.SetViewportSizeAsync(width, 900);
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                found.AddRange(width == 768 ? [] : (await page.RunAxe()).Violations.SelectMany(v => v.Nodes.Select(n => $"{what} {scheme} {width}: {v.Id} {v.Help}: {n.Html}")));
                if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
                {
                    found.Add($"{what} at {width}: wider than the screen");
                }
                await ShootAsync(page, $"{what.TrimStart('/').Replace('/', '-').Replace(' ', '-')}-{width}-{scheme}".ToLowerInvariant());
            }
        }
    }

    [Fact]
    public async Task By_keyboard_alone_somebody_is_added_and_a_key_is_made_and_revoked()
    {
        var page = await SignedInAsync((await FillAsync()).Id);
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("s");
        await Expect(page).ToHaveURLAsync(Address("/settings"));
        await TabToAsync("Team");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(Address("/settings/team"));
        await TabToAsync("", "f-email");
        await page.Keyboard.TypeAsync("nina@example.com");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("Nina New");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#once")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await TabToAsync("API keys");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(Address("/settings/keys"));
        await TabToAsync("", "f-name");
        await page.Keyboard.TypeAsync("By keyboard");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#once")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await TabToAsync("Revoke By keyboard");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("The key is revoked")).ToBeVisibleAsync(new() { Timeout = 30_000 });

        async Task TabToAsync(string name, string id = "")
        {
            for (var i = 0; i < 80; i++)
            {
                await page.Keyboard.PressAsync("Tab");
                if (await page.EvaluateAsync<bool>("([name, id]) => { const at = document.activeElement; return id ? at.id === id : (at.getAttribute('aria-label') ?? at.textContent.trim()) === name; }", new[] { name, id }))
                {
                    return;
                }
            }
            Assert.Fail($"Tab never came to '{name}{id}'");
        }
    }

    [Fact]
    public async Task A_mail_server_is_set_and_tried_with_a_wrong_password_and_the_right_one()
    {
        await using var world = new MailSink();
        await using var house = await MailHouse.StartAsync(world.Port);
        await Server.DisposeAsync();
        Server = await TestServer.StartAsync(Engine, null, ("Tracker:Mail:CertificateFile", house.Dovecot.CertificateFile));
        var page = await SignedInAsync((await Server.RepAsync("ada@example.com", "Ada Admin", role: Role.Admin)).Id, 360, ColorScheme.Dark, ReducedMotion.Reduce);
        await page.GotoAsync("/settings/mail");
        await Expect(page.GetByText("No mail server yet")).ToBeVisibleAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("our server");
        await page.GetByLabel("Server", new() { Exact = true }).FillAsync("localhost");
        await page.GetByLabel("Port").FillAsync(house.Postfix.Front.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await page.GetByLabel("User").FillAsync("rita@example.com");
        await PasswordAsync("pen");
        await TestAsync();
        await Expect(page.Locator(".finding.wrong")).ToContainTextAsync("does not take the user and password");
        await LookAsync("refused");
        await page.GetByRole(AriaRole.Link, new() { Name = "Change our server" }).ClickAsync();
        await PasswordAsync("pencil");
        await TestAsync();
        await Expect(page.Locator(".findings")).ToContainTextAsync("signed in as rita@example.com");
        await Expect(page.Locator(".finding.wrong")).ToHaveCountAsync(0);
        await LookAsync("taken");

        async Task PasswordAsync(string text)
        {
            await page.GetByLabel("Password", new() { Exact = true }).FillAsync(text);
            await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
            await Expect(page.GetByText("our server is saved")).ToBeVisibleAsync();
        }

        async Task TestAsync()
        {
            await page.GetByText("Test mail", new() { Exact = true }).ClickAsync();
            await page.GetByLabel("To", new() { Exact = true }).FillAsync("rita@example.com");
            await page.GetByRole(AriaRole.Button, new() { Name = "Send a test mail through our server" }).ClickAsync();
        }

        async Task LookAsync(string what)
        {
            var found = (await page.RunAxe()).Violations.SelectMany(v => v.Nodes.Select(n => $"{what}: {v.Id} {v.Help}: {n.Html}")).ToList();
            Assert.True(found.Count == 0, string.Join('\n', found));
            Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), what);
            await ShootAsync(page, "settings-mail-" + what, whole: true);
        }
    }
}
