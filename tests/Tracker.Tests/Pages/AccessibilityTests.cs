using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>No page keeps anybody out: axe finds nothing, in light and dark; nothing moves for who asked for that; nothing is wider than a phone.</summary>
public sealed class AccessibilityTests(PageBrowser browser) : PageTest(browser)
{
    static readonly bool Long = Environment.GetEnvironmentVariable("TRACKER_LONG") == "1";

    static readonly string[] Own = [.. PagesOf.Paths.Where(p => !p.StartsWith("/swagger", StringComparison.Ordinal)), .. PagesOf.Settings];

    static readonly ColorScheme[] Both = [ColorScheme.Light, ColorScheme.Dark];

    readonly List<string> _found = [];

    /// <summary>How much there is to see.</summary>
    public static TheoryData<string> Amounts => Long ? ["none", "little", "much"] : ["little"];

    /// <summary>Each page once on a desk and once on a phone; light and dark are switched on the page. The long run looks at both in each width, with nothing, a little and a lot on the pages.</summary>
    [Theory]
    [MemberData(nameof(Amounts))]
    public async Task Axe_finds_nothing_nothing_is_too_wide_and_nothing_moves_for_who_asked_for_that(string amount)
    {
        var (rita, client) = await RepAsync(isAdmin: true);
        (IPage Page, int[] Widths, ColorScheme[] Schemes)[] screens =
        [
            (await SignedInAsync(rita.Id, 1440, motion: ReducedMotion.Reduce), Long ? [1440, 768] : [1440], Long ? Both : [ColorScheme.Light]),
            (await SignedInAsync(rita.Id, 360, motion: ReducedMotion.Reduce), [360], Long ? Both : [ColorScheme.Dark]),
        ];
        if (amount == "none" || !Long)
        {
            await AllAsync(screens, Long ? Own : ["/"], "none");
        }
        if (amount != "none")
        {
            await PagesOf.FillAsync(Server, client);
        }
        if (amount == "much")
        {
            await PagesOf.FillMuchAsync(Server, client, rita.Id);
            await AllAsync(screens, Own, "much");
        }
        if (amount == "little")
        {
            await AllAsync(screens, Own, "");
            foreach (var (page, widths, schemes) in screens)
            {
                await OpenedByKeysAsync(page, widths, schemes);
                await page.Context.ClearCookiesAsync();
            }
            await AllAsync(screens, PagesOf.Public, "");
        }
        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    async Task AllAsync((IPage Page, int[] Widths, ColorScheme[] Schemes)[] screens, IEnumerable<string> paths, string state)
    {
        foreach (var path in paths)
        {
            foreach (var (page, widths, schemes) in screens)
            {
                await page.GotoAsync(path);
                await Expect(page.Locator("h1, h2").First).ToBeVisibleAsync();
                if (widths is [1440])
                {
                    await FitsAsync(page, $"{path} {state}", 768);
                }
                await LookAsync(page, $"{path} {state}", widths, schemes);
                await StillAsync(page, path);
            }
        }
    }

    async Task OpenedByKeysAsync(IPage page, int[] widths, ColorScheme[] schemes)
    {
        await page.GotoAsync("/");
        await page.Locator("#feed .why").First.ClickAsync();
        await Expect(page.Locator("#feed .reasons")).ToBeVisibleAsync();
        await page.Locator("#calls .call").First.FocusAsync();
        await page.Keyboard.PressAsync("c");
        await LookAsync(page, "/ choosing", widths, schemes);
        await page.Keyboard.PressAsync("c");
        await Expect(page.Locator(".outcome")).ToBeVisibleAsync();
        await LookAsync(page, "/ answering", widths, schemes);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        await LookAsync(page, "/ help", widths, schemes);
    }

    async Task LookAsync(IPage page, string what, int[] widths, ColorScheme[] schemes)
    {
        foreach (var width in widths)
        {
            await FitsAsync(page, what, width);
            foreach (var scheme in schemes)
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                var result = await page.RunAxe();
                _found.AddRange(result.Violations.SelectMany(v => v.Nodes.Select(n => $"{what} {scheme} {width}: {v.Id} {v.Help}: {n.Html}")));
                await ShootAsync(page, $"{what.Trim().Trim('/').Replace('/', '-').Replace(' ', '-')}-{width}-{scheme}".ToLowerInvariant().TrimStart('-'), Long);
            }
        }
    }

    async Task FitsAsync(IPage page, string what, int width)
    {
        await page.SetViewportSizeAsync(width, width < 500 ? 760 : 900);
        var wrong = await page.EvaluateAsync<string[]>("""
            () => {
                const root = document.documentElement, main = document.querySelector('main');
                const found = root.scrollWidth > root.clientWidth ? ['wider than the screen'] : [];
                const isHidden = head => head !== null && getComputedStyle(head).clipPath !== 'none';
                const edge = main ? main.getBoundingClientRect().right - parseFloat(getComputedStyle(main).paddingRight) + 1 : Infinity;
                // What scrolls by itself may be wider.
                for (const node of main?.querySelectorAll('*:not(.alone)') ?? []) {
                    const box = node.getBoundingClientRect();
                    if (box.width > 0 && box.right > edge && !node.closest('.wide, .strip, pre, .alone') && !isHidden(node.closest('thead'))) found.push(`runs over: ${node.outerHTML.slice(0, 80)}`);
                    if (node.matches('[type=time]') && box.width > 0 && box.width < 100) found.push(`too narrow for a time: ${node.name} ${box.width}`);
                    if (node.matches('[type=radio], [type=checkbox]') && box.width > 0 && box.width < 17) found.push(`squeezed: ${node.name} ${box.width}`);
                }
                return found.slice(0, 5);
            }
            """);
        _found.AddRange(wrong.Select(w => $"{what} at {width}: {w}"));
    }

    async Task StillAsync(IPage page, string path)
    {
        // Everything is given the classes that move for others.
        var moving = await page.EvaluateAsync<int>("""
            () => [...document.querySelectorAll('*')].filter(node => {
                node.classList.add('arrives');
                const style = getComputedStyle(node);
                return (style.animationName !== 'none' && style.animationDuration !== '0s') || style.transitionDuration.split(', ').some(d => d !== '0s');
            }).length
            """);
        if (moving > 0)
        {
            _found.Add($"{path}: {moving} elements move");
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

        // All that can be answered stands above the bar at the bottom.
        await card.Locator("[data-act=called]").TapAsync();
        foreach (var choice in await card.Locator(".choices .button").AllAsync())
        {
            Assert.True(await choice.EvaluateAsync<bool>("node => { const box = node.getBoundingClientRect(); return node.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"), await choice.InnerTextAsync() + " is covered");
        }
        await ShootAsync(page, "choices-phone");
    }
}
