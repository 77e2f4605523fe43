using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>The design system shows itself, every part in both schemes, while the server is in development.</summary>
public sealed class StyleguideTests(PageBrowser browser) : PageTest(browser)
{
    protected override (string, string)[] Settings => [("ASPNETCORE_ENVIRONMENT", "Development")];

    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Every_part_is_there_fits_and_keeps_nobody_out(int width, ColorScheme scheme)
    {
        var (rita, _) = await RepAsync();
        var page = await SignedInAsync(rita.Id, width, scheme);
        await page.GotoAsync("/styleguide");
        foreach (var part in new[] { ".swatches", ".field .wrong", ".notice.alarm", ".tag.bad", ".finding.wrong", ".finding.note", ".try", "[data-into]", "[type=file]", "[type=radio]", ".heat", ".figures", ".facts", ".table.cards", ".empty" })
        {
            await Expect(page.Locator($"main {part}").First).ToBeVisibleAsync();
        }
        await page.GetByText("Test mail", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("To", new() { Exact = true })).ToHaveValueAsync("rita@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "in a week" }).ClickAsync();
        await Expect(page.Locator("#f-when")).Not.ToHaveValueAsync("");
        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"));
        var result = await page.RunAxe();
        Assert.Equal([], result.Violations.SelectMany(v => v.Nodes.Select(n => $"{v.Id} {v.Help}: {n.Html}")));
        Assert.Equal([], ConsoleErrors);
        await ShootAsync(page, $"styleguide-{width}-{scheme}".ToLowerInvariant(), whole: true);
    }
}

public sealed class StyleguideElsewhereTests(PageBrowser browser) : PageTest(browser)
{
    [Fact]
    public async Task It_is_served_in_development_only()
    {
        var (rita, _) = await RepAsync();
        var page = await SignedInAsync(rita.Id);
        var answer = await page.GotoAsync("/styleguide");
        Assert.Equal(404, answer!.Status);
    }
}
