using System.Net.Http.Headers;
using Microsoft.Playwright;
using Tracker.Domain.Tokens;
using Tracker.Storage;

namespace Tracker.Benchmarks;

/// <summary>
/// The page in a real Chromium, on the same cores as the server: how soon it is there, how soon a look is on the screen, how soon a key shows its effect. Needs
/// a Chromium: its path in TRACKER_TEST_CHROMIUM, or on the path as in Debian.
/// </summary>
static class PageBenchmark
{
    const int Streams = 200, Tabs = 3, Loads = 15, Clicks = 100, Keys = 40, Rows = 10_000;

    /// <summary>What is asked, in milliseconds.</summary>
    const double PaintMost = 300, ScreenMost = 500, KeyMost = 100, FrameMost = 50;

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        await using var server = await ServerProcess.TrackerAsync();
        await using var database = new Database("", server.DataFolder);
        database.MarkReady();
        var store = new PageStore(database);
        await store.FillAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Environment.GetEnvironmentVariable("TRACKER_TEST_CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] });
        var address = $"http://127.0.0.1:{server.Port}";
        var paints = await PaintsAsync(browser, address, store);
        var (screens, keys) = await LiveAsync(browser, address, store, Requests.RingIn(server.DataFolder));
        var frames = await FramesAsync(browser, address, store);
        return
        [
            Line("page first paint", paints, PaintMost, $"median of {Loads} loads, each in a new browser context, {PageStore.Hits:N0} hits stored", median: true),
            Line("page click to screen", screens, ScreenMost, $"from sending the click's request to the frame with the call; {Streams} streams and {Tabs} tabs"),
            Line("page key to effect", keys, KeyMost, "from the key to the frame with the sheet"),
            Line("page scroll", frames, FrameMost, $"frames while scrolling {Rows:N0} rows"),
        ];
    }

    static Result Line(string name, List<double> times, double most, string note, bool median = false)
    {
        times.Sort();
        var (p50, p99) = (times[times.Count / 2], times[(int)(0.99 * (times.Count - 1))]);
        return new(name, 1000 / Math.Max(p50, 0.001), (times[^1] - times[0]) / Math.Max(p50, 0.001), P50: p50, P99: median ? p50 : p99, P99Limit: most, Note: note);
    }

    static async Task<IPage> PageAsync(IBrowser browser, string address, PageStore store)
    {
        var context = await browser.NewContextAsync(new() { BaseURL = address, ViewportSize = new() { Width = 1280, Height = 900 } });
        await context.AddCookiesAsync([new() { Name = "tracker", Value = await store.SessionAsync(), Url = address }]);
        return await context.NewPageAsync();
    }

    static async Task<List<double>> PaintsAsync(IBrowser browser, string address, PageStore store)
    {
        var times = new List<double>();
        for (var i = 0; i <= Loads; i++)
        {
            var page = await PageAsync(browser, address, store);
            await page.GotoAsync("/");
            await page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
            if (i > 0)
            {
                // The first load warms the server up.
                times.Add(await page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0].startTime"));
            }
            await page.Context.CloseAsync();
        }
        return times;
    }

    static async Task<(List<double> Screens, List<double> Keys)> LiveAsync(IBrowser browser, string address, PageStore store, KeyRing ring)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = Streams + 10 }) { BaseAddress = new(address) };
        using var ends = new CancellationTokenSource();
        var streams = new List<Task>();
        for (var i = 0; i < Streams; i++)
        {
            streams.Add(ReadAsync(http, await store.SessionAsync(), ends.Token));
        }
        var tabs = new List<IPage>();
        for (var i = 0; i < Tabs; i++)
        {
            var page = await PageAsync(browser, address, store);
            await page.AddInitScriptAsync("""
                addEventListener('DOMContentLoaded', () => {
                  window.shownAt = {};
                  new MutationObserver(() => {
                    for (const card of document.querySelectorAll('.call')) {
                      if (card.dataset.prospect in window.shownAt) continue;
                      window.shownAt[card.dataset.prospect] = null;
                      requestAnimationFrame(() => { window.shownAt[card.dataset.prospect] = performance.timeOrigin + performance.now(); });
                    }
                  }).observe(document.getElementById('calls'), { childList: true, subtree: true });
                });
                """);
            await page.GotoAsync("/");
            tabs.Add(page);
        }
        await Task.Delay(2000);
        var screens = new List<double>();
        for (var i = 0; i < Clicks; i++)
        {
            var prospect = 2001 + i;
            var at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            using var click = new HttpRequestMessage(HttpMethod.Get, "/c/" + TokenCodec.Sign(ring, TokenPurpose.Click, store.Unread[i], 1, Requests.Destination));
            click.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0");
            click.Headers.TryAddWithoutValidation("Accept-Language", "en-GB,en;q=0.7");
            click.Headers.TryAddWithoutValidation("Sec-Fetch-Mode", "navigate");
            click.Headers.TryAddWithoutValidation("X-Forwarded-For", $"198.51.{i / 250}.{i % 250 + 1}");
            (await http.SendAsync(click)).Dispose();
            foreach (var tab in tabs)
            {
                await tab.WaitForFunctionAsync("p => window.shownAt[p]", prospect);
                screens.Add(await tab.EvaluateAsync<double>("p => window.shownAt[p]", prospect) - at);
            }
        }
        var keys = await KeysAsync(tabs[0]);
        await ends.CancelAsync();
        await Task.WhenAll(streams);
        return (screens, keys);
    }

    static async Task<List<double>> KeysAsync(IPage page)
    {
        await page.EvaluateAsync("""
            () => {
              window.keyTimes = [];
              document.addEventListener('keydown', event => {
                if (event.key !== 'c') return;
                requestAnimationFrame(() => { if (document.querySelector('.sheet:not([hidden])')) window.keyTimes.push(performance.now() - event.timeStamp); });
              });
            }
            """);
        for (var i = 0; i < Keys; i++)
        {
            await page.Keyboard.PressAsync("c");
            await page.WaitForFunctionAsync("n => window.keyTimes.length > n", i);
            await page.Keyboard.PressAsync("Escape");
        }
        return [.. await page.EvaluateAsync<double[]>("() => window.keyTimes")];
    }

    static async Task<List<double>> FramesAsync(IBrowser browser, string address, PageStore store)
    {
        var page = await PageAsync(browser, address, store);
        await page.GotoAsync("/");
        for (var count = 0; count < Rows; count = await page.Locator("#feed .line").CountAsync())
        {
            await page.EvaluateAsync("() => document.getElementById('earlier').click()");
            await page.WaitForFunctionAsync("n => document.querySelectorAll('#feed .line').length > n", count);
        }
        return [.. await page.EvaluateAsync<double[]>("""
            () => new Promise(done => {
              const frames = [];
              let before = performance.now();
              function frame(now) {
                frames.push(now - before);
                before = now;
                scrollBy(0, 400);
                if (frames.length < 300) requestAnimationFrame(frame);
                else done(frames.slice(5));
              }
              requestAnimationFrame(frame);
            })
            """)];
    }

    static async Task ReadAsync(HttpClient http, string session, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feed");
            request.Headers.TryAddWithoutValidation("Cookie", "tracker=" + session);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            response.EnsureSuccessStatusCode();
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            var buffer = new byte[16_384];
            while (await stream.ReadAsync(buffer, ct) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The benchmark is over.
        }
    }
}
