using Microsoft.Playwright;

namespace Tracker.Tests.Pages;

/// <summary>One Chromium for the tests of pages: each test has a context of its own, so nothing is shared but the program.</summary>
public sealed class PageBrowser : IAsyncLifetime
{
    IPlaywright? _playwright;
    IBrowser? _browser;

    public IBrowser Chromium => _browser!;

    public string Version => Chromium.Version.Split('.')[0];

    public async ValueTask InitializeAsync()
    {
        var chromium = Environment.GetEnvironmentVariable("TRACKER_TEST_CHROMIUM");
        if (string.IsNullOrEmpty(chromium))
        {
            return;
        }
        // Other work may keep the machine busy: what is waited for is the condition.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class PageTests : ICollectionFixture<PageBrowser>
{
    public const string Name = "pages in a browser";
}
