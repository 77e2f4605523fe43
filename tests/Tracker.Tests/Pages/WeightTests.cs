using Microsoft.Playwright;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>The page stays light, and stays so when a lot has happened.</summary>
public sealed class WeightTests(PageBrowser browser) : PageTest(browser)
{
    const int MostBytes = 120_000;

    [Fact]
    public async Task Now_weighs_at_most_120_KB_with_everything_it_loads()
    {
        var (rita, client) = await RepAsync();
        await PagesOf.FillAsync(Server, client);
        await PagesOf.FillFeedAsync(Server, rita.Id, 500);
        var page = await SignedInAsync(rita.Id);
        var sizes = new Dictionary<string, int>();
        var bodies = new List<Task>();
        page.Response += (_, response) =>
        {
            if (!response.Url.Contains("/api/v1/feed", StringComparison.Ordinal) && !response.Url.EndsWith(".svg", StringComparison.Ordinal))
            {
                bodies.Add(AddAsync(response));
            }
        };
        await page.GotoAsync("/", new() { WaitUntil = WaitUntilState.Load });
        await Expect(page.Locator("#feed .line").First).ToBeVisibleAsync();
        await Task.WhenAll(bodies);
        Assert.True(sizes.Count >= 8, string.Join('\n', sizes.Keys));
        Assert.True(sizes.Values.Sum() <= MostBytes, string.Join('\n', sizes.Select(s => $"{s.Value,8} {s.Key}")));
        TestContext.Current.TestOutputHelper?.WriteLine($"{sizes.Values.Sum()} bytes in {sizes.Count} files");

        async Task AddAsync(IResponse response) => sizes[new Uri(response.Url).PathAndQuery] = (await response.BodyAsync()).Length;
    }

    [Fact]
    public async Task Ten_thousand_rows_can_be_gone_back_through()
    {
        var (rita, client) = await RepAsync();
        await MailAsync(client);
        await PagesOf.FillFeedAsync(Server, rita.Id, 10_000);
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/");
        var rows = page.Locator("#feed .line");
        await Expect(rows).ToHaveCountAsync(60);
        var earlier = page.Locator("#earlier");
        for (var before = 60; await earlier.IsVisibleAsync() && before < 10_000; before = await rows.CountAsync())
        {
            await earlier.ClickAsync();
            await page.WaitForFunctionAsync("n => document.querySelectorAll('#feed .line').length > n || document.querySelector('#earlier').hidden || document.querySelector('#earlier + .wrong')", before);
            Assert.Equal([], await page.Locator("#earlier + .wrong").AllTextContentsAsync());
        }
        Assert.Equal(10_000, await rows.CountAsync());
        var ids = await rows.EvaluateAllAsync<int>("lines => new Set(lines.map(line => line.id)).size");
        Assert.Equal(10_000, ids);
        // What is out of sight is not laid out, and is as tall as it will be: that is what keeps it smooth and still.
        Assert.False(await rows.Last.EvaluateAsync<bool>("line => line.checkVisibility({ contentVisibilityAuto: true })"));
        var height = await page.EvaluateAsync<double>("document.getElementById('feed').offsetHeight");
        await rows.Last.ScrollIntoViewIfNeededAsync();
        await Expect(rows.Last).ToBeInViewportAsync();
        Assert.True(await rows.Last.EvaluateAsync<bool>("line => line.checkVisibility({ contentVisibilityAuto: true })"));
        Assert.Equal(height, await page.EvaluateAsync<double>("document.getElementById('feed').offsetHeight"), 41.0);
        await Expect(rows.Last).ToContainTextAsync("looked at");
    }
}
