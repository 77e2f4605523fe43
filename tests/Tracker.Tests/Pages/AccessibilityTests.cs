using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>No page keeps anybody out: axe finds nothing, in light and dark; nothing moves for who asked for that; nothing is wider than a phone.</summary>
public sealed class AccessibilityTests(PageBrowser browser) : PageTest(browser)
{
    static readonly string[] Own = [.. PagesOf.Paths.Where(p => !p.StartsWith("/swagger", StringComparison.Ordinal))];

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Axe_finds_nothing(ColorScheme scheme, int width)
    {
        var (rita, client) = await RepAsync(isAdmin: true);
        var stranger = await StrangerAsync(width, scheme, ReducedMotion.Reduce);
        var page = await SignedInAsync(rita.Id, width, scheme, ReducedMotion.Reduce);
        var found = new List<string>();
        await CheckAsync(page, "/", "empty", scheme, width, found);
        await PagesOf.FillAsync(Server, client);
        foreach (var path in PagesOf.Public)
        {
            await CheckAsync(stranger, path, "", scheme, width, found);
        }
        foreach (var path in Own)
        {
            await CheckAsync(page, path, "", scheme, width, found);
        }
        // What opens on a key.
        await page.GotoAsync("/");
        await page.Locator("#feed .why").First.ClickAsync();
        await Expect(page.Locator("#feed .reasons")).ToBeVisibleAsync();
        await page.Locator("#calls .call").First.FocusAsync();
        await page.Keyboard.PressAsync("c");
        await AxeAsync(page, "/ choosing", scheme, width, found);
        await page.Keyboard.PressAsync("c");
        await Expect(page.Locator(".outcome")).ToBeVisibleAsync();
        await AxeAsync(page, "/ answering", scheme, width, found);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        await AxeAsync(page, "/ help", scheme, width, found);
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    static async Task CheckAsync(IPage page, string path, string state, ColorScheme scheme, int width, List<string> found)
    {
        await page.GotoAsync(path);
        await Expect(page.Locator("h1, h2").First).ToBeVisibleAsync();
        await AxeAsync(page, $"{path} {state}", scheme, width, found);
        if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
        {
            found.Add($"{path} at {width}: wider than the screen");
        }
    }

    static async Task AxeAsync(IPage page, string what, ColorScheme scheme, int width, List<string> found)
    {
        var result = await page.RunAxe();
        found.AddRange(result.Violations.SelectMany(v => v.Nodes.Select(n => $"{what} {scheme} {width}: {v.Id} {v.Help}: {n.Html}")));
        await ShootAsync(page, $"{what.Trim().Trim('/').Replace('/', '-').Replace(' ', '-')}-{width}-{scheme}".ToLowerInvariant().TrimStart('-'));
    }

    [Fact]
    public async Task Nothing_moves_for_who_asked_for_that()
    {
        var (rita, client) = await RepAsync();
        await PagesOf.FillAsync(Server, client);
        var page = await SignedInAsync(rita.Id, motion: ReducedMotion.Reduce);
        foreach (var path in Own)
        {
            await page.GotoAsync(path);
            await Expect(page.Locator("h1, h2").First).ToBeVisibleAsync();
            // Everything is given the classes that move for others.
            var moving = await page.EvaluateAsync<int>("""
                () => [...document.querySelectorAll('*')].filter(node => {
                    node.classList.add('arrives');
                    const style = getComputedStyle(node);
                    return (style.animationName !== 'none' && style.animationDuration !== '0s') || style.transitionDuration.split(', ').some(d => d !== '0s');
                }).length
                """);
            Assert.Equal(0, moving);
        }
    }

    [Fact]
    public async Task A_phone_calls_with_one_tap_and_targets_are_large_enough()
    {
        var (rita, client) = await RepAsync();
        await PagesOf.FillAsync(Server, client);
        var page = await SignedInAsync(rita.Id, 360);
        await page.GotoAsync("/");
        var card = page.Locator("#calls .call").First;
        var dial = card.Locator("a[href^='tel:']");
        await Expect(dial).ToBeInViewportAsync();
        foreach (var target in await page.Locator("#calls .button, .rail .item").AllAsync())
        {
            if (await target.IsVisibleAsync() && await target.BoundingBoxAsync() is { } box)
            {
                Assert.True(box.Height >= 44 && box.Width >= 44, $"{await target.InnerTextAsync()}: {box.Width} × {box.Height}");
            }
        }
        await ShootAsync(page, "now-phone");
    }
}
