using System.Text;
using Microsoft.Playwright;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>A mail is chosen as a file, and a slow line shows how much of it has gone.</summary>
public sealed class UploadPageTests(PageBrowser browser) : PageTest(browser)
{
    [Fact]
    public async Task A_mail_is_uploaded_with_its_progress_shown_and_comes_back_tracked()
    {
        var (rita, _) = await RepAsync();
        var page = await SignedInAsync(rita.Id);
        await page.GotoAsync("/compose");
        var mail = "From: Rita <rita@example.com>\r\nTo: Paul <paul@customer.example>\r\nSubject: The offer\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>See <a href=\"https://www.example.com/pricing\">the prices</a>.</p>\r\n"
            + $"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=offer.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{string.Concat(Enumerable.Repeat(new string('A', 76) + "\r\n", 4_000))}--b--\r\n";
        await page.Locator("#f-file").SetInputFilesAsync(new FilePayload { Name = "offer.eml", MimeType = "message/rfc822", Buffer = Encoding.ASCII.GetBytes(mail) });
        await page.EvaluateAsync("""
            () => {
              const progress = document.getElementById('mail-progress');
              window.seen = [];
              new MutationObserver(() => { if (!progress.hidden) window.seen.push(progress.value); }).observe(progress, { attributes: true });
            }
            """);
        var line = await page.Context.NewCDPSessionAsync(page);
        await line.SendAsync("Network.enable");
        await line.SendAsync("Network.emulateNetworkConditions", new() { ["offline"] = false, ["latency"] = 0, ["downloadThroughput"] = -1, ["uploadThroughput"] = 300 << 10 });
        await page.Locator("#mail-form [type=submit]").ClickAsync();
        await Expect(page.Locator("#mail-result")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(page.Locator("#mail-progress")).ToBeHiddenAsync();
        await Expect(page.Locator("#copies")).ToContainTextAsync("paul@customer.example");
        var seen = await page.EvaluateAsync<double[]>("() => window.seen");
        Assert.Contains(seen, share => share is > 0 and < 1);
        Assert.Equal(seen.Order(), seen);

        var file = await page.RunAndWaitForDownloadAsync(() => page.Locator("#copies a, #copies button").GetByText("Save the file").ClickAsync());
        var tracked = await File.ReadAllTextAsync(await file.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Contains("/c/", tracked, StringComparison.Ordinal);
        Assert.Contains("filename=offer.pdf", tracked, StringComparison.Ordinal);
        Assert.Empty(ConsoleErrors);
    }
}
