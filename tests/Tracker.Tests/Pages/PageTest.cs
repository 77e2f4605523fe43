using System.Globalization;
using Microsoft.Playwright;
using Tracker.Access;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Pages;

/// <summary>A real server and a real browser; every dialog and every breach of the Content-Security-Policy is remembered.</summary>
[Collection(PageTests.Name)]
public abstract class PageTest(PageBrowser browser) : IAsyncLifetime
{
    readonly List<IBrowserContext> _contexts = [];

    protected Engine Engine { get; private set; } = null!;

    protected TestServer Server { get; set; } = null!;

    protected List<string> Dialogs { get; } = [];

    /// <summary>What the browser's console calls an error: failed loads, script errors, violations of the policy.</summary>
    protected List<string> ConsoleErrors { get; } = [];

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected virtual (string, string)[] Settings => [];

    public virtual async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(browser.Chromium is null, "TRACKER_TEST_CHROMIUM names no Chromium; ./test installs one.");
        Engine = await Engine.SqliteAsync();
        Server = await TestServer.StartAsync(Engine, null, Settings);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.CloseAsync();
        }
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>A page of nobody.</summary>
    protected async Task<IPage> StrangerAsync(int width = 1440, ColorScheme scheme = ColorScheme.Light, ReducedMotion motion = ReducedMotion.NoPreference, string? zone = "Europe/Berlin")
    {
        var context = await browser.Chromium.NewContextAsync(new()
        {
            UserAgent = $"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser.Version}.0.0.0 Safari/537.36",
            ViewportSize = new() { Width = width, Height = width < 500 ? 760 : 900 }, ColorScheme = scheme, ReducedMotion = motion, TimezoneId = zone, Locale = "en-GB",
            HasTouch = width < 500, IsMobile = width < 500, BaseURL = Server.Address.ToString(),
        });
        _contexts.Add(context);
        context.SetDefaultTimeout(30_000);
        context.Dialog += (_, dialog) =>
        {
            Dialogs.Add(dialog.Message);
            _ = dialog.DismissAsync();
        };
        context.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Page?.Url.StartsWith(Server.Address.ToString(), StringComparison.Ordinal) == true)
            {
                ConsoleErrors.Add($"{message.Page?.Url}: {message.Text}");
            }
        };
        context.WebError += (_, error) => ConsoleErrors.Add("script: " + error.Error);
        return await context.NewPageAsync();
    }

    /// <summary>A page of a rep who has signed in.</summary>
    protected async Task<IPage> SignedInAsync(long repId, int width = 1440, ColorScheme scheme = ColorScheme.Light, ReducedMotion motion = ReducedMotion.NoPreference)
    {
        var page = await StrangerAsync(width, scheme, motion);
        var session = await Server.Database.WriteAsync(s => Sessions.OpenAsync(s, repId, "a test", Server.Time.GetUtcNow()), Ct);
        await page.Context.AddCookiesAsync([
            new() { Name = "tracker", Value = session, Url = Server.Address.ToString(), HttpOnly = true, SameSite = SameSiteAttribute.Lax },
            new() { Name = "zone", Value = "Europe/Berlin", Url = Server.Address.ToString() },
        ]);
        return page;
    }

    /// <summary>Kept beside the test's other output, to be looked at.</summary>
    protected static async Task ShootAsync(IPage page, string name, bool whole = false)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = whole });
    }

    /// <summary>A mail from the rep to the prospect, sent long enough ago that a look at it is a person's.</summary>
    protected static async Task<Mailing> MailAsync(ApiClient rep, string to = "Paul Prospect <paul@customer.example>", string subject = "Our proposal", string? phone = "+49 30 23125 117")
    {
        var message = await rep.MailAsync(Mails.Proposal(to, subject));
        var copy = message.At("copies", 0)!;
        if (phone is not null)
        {
            await rep.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = copy.Text("recipient"), phone, timeZone = "America/New_York" }));
        }
        return new(message.Text("id"), copy.Text("prospectId"), copy.Text("openUrl"), copy.Text("links", 0, "trackedUrl"));
    }

    protected async Task<(Rep Rep, ApiClient Client)> RepAsync(string email = "rita@example.com", string name = "Rita Rep", bool isAdmin = false)
    {
        var rep = await Server.RepAsync(email, name, isAdmin);
        return (rep, await Server.ClientAsync(rep.Id));
    }

    /// <summary>Of a path, to be expected of a page. Never WaitForURL: it misses a page that comes while it begins to wait.</summary>
    protected string Address(string path) => new Uri(Server.Address, path).ToString();

    protected static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    public sealed record Mailing(string Id, string ProspectId, string OpenUrl, string ClickUrl);
}
