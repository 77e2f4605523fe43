using Microsoft.Playwright;
using MimeKit;
using Tracker.Outbound.Instrumenting;
using Tracker.Tests.Story;

namespace Tracker.Tests.Outbound;

/// <summary>M8: what a person sees. A real browser paints each document before and after; nothing but the pixel's own row may differ.</summary>
public sealed class ScreenshotTests
{
    const int Mails = 50, Width = 900, Tallest = 6000;
    const string Page = "http://mail.test/";

    static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    sealed record Document(string Name, byte[] Before, byte[] After, string Charset);

    static IEnumerable<Document> Documents()
    {
        foreach (var (name, mail) in Corpus.Committed().Concat(Corpus.Installed().Where((_, i) => i % 7 == 0)))
        {
            if (OutboundMail.Read(mail, out _)?.CopyFor(Post.Copy, Post.Ring, Post.Options) is { OpenUrl: not null } copy
                && Html(mail) is { } before && Html(copy.Bytes.ToArray()) is { } after && !before.Bytes.AsSpan().SequenceEqual(after.Bytes))
            {
                yield return new(name, before.Bytes, after.Bytes, before.Charset);
            }
        }
    }

    static (byte[] Bytes, string Charset)? Html(byte[] mail)
    {
        if (MimeMessage.Load(new MemoryStream(mail), Ct).BodyParts.OfType<TextPart>().FirstOrDefault(p => p.IsHtml && !p.IsAttachment) is not { Content: not null } part)
        {
            return null;
        }
        using var bytes = new MemoryStream();
        part.Content.DecodeTo(bytes, Ct);
        return (bytes.ToArray(), part.ContentType.Charset ?? "utf-8");
    }

    [Fact]
    public async Task M8_a_browser_paints_the_same()
    {
        await using var browser = await Browser.StartAsync();
        var page = await browser.NewPageAsync();
        await page.SetViewportSizeAsync(Width, 700);
        Document? shown = null;
        var isAfter = false;
        // No network: the document itself and the tracking pixel are answered here, everything else is refused at once.
        await page.RouteAsync("**/*", route => route.Request.Url switch
        {
            Page => route.FulfillAsync(new() { BodyBytes = isAfter ? shown!.After : shown!.Before, ContentType = $"text/html; charset={shown.Charset}" }),
            var url when url.StartsWith(Post.PublicUrl + "/o/", StringComparison.Ordinal) => route.FulfillAsync(new() { BodyBytes = Pixel, ContentType = "image/gif" }),
            _ => route.AbortAsync(),
        });
        var count = 0;
        foreach (var document in Documents().Take(Mails))
        {
            (shown, isAfter) = (document, false);
            var (before, height) = await PaintAsync(page, null);
            isAfter = true;
            var (after, taller) = await PaintAsync(page, height);
            Assert.True(taller - height is 0 or 1, $"{document.Name}: {height} became {taller}");
            Assert.True(before.AsSpan().SequenceEqual(after), $"{document.Name}: the pictures differ");
            count++;
        }
        Assert.Equal(Mails, count);
    }

    static async Task<(byte[] Picture, int Height)> PaintAsync(IPage page, int? height)
    {
        await page.GotoAsync(Page, new() { WaitUntil = WaitUntilState.Load, Timeout = 60_000 });
        var tall = await page.EvaluateAsync<int>("Math.ceil(document.documentElement.getBoundingClientRect().height)");
        var picture = await page.ScreenshotAsync(new()
        {
            FullPage = true, Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide, Timeout = 60_000,
            Clip = new() { X = 0, Y = 0, Width = Width, Height = Math.Clamp(height ?? tall, 1, Tallest) },
        });
        return (picture, tall);
    }
}
