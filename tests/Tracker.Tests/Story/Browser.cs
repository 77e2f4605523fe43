using Microsoft.Playwright;

namespace Tracker.Tests.Story;

/// <summary>A real Chromium. It says that it is headless, which a person's does not; that alone is corrected.</summary>
sealed class Browser : IAsyncDisposable
{
    readonly IPlaywright _playwright;
    readonly IBrowser _browser;

    Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Browser> StartAsync()
    {
        var chromium = Environment.GetEnvironmentVariable("TRACKER_TEST_CHROMIUM");
        Assert.SkipWhen(string.IsNullOrEmpty(chromium), "TRACKER_TEST_CHROMIUM names no Chromium; ./test installs one.");
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        }));
    }

    public async Task<IPage> NewPageAsync()
    {
        var version = _browser.Version.Split('.')[0];
        var context = await _browser.NewContextAsync(new()
        {
            UserAgent = $"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36",
            Locale = "en-GB",
        });
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
