using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Playwright;
using Tracker.Tests.Outbox;
using Tracker.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Tracker.Tests.Pages;

/// <summary>What strangers write (subjects, names, links, what their program calls itself) is shown to reps and never run.</summary>
public sealed class HostileTextTests(PageBrowser browser) : PageTest(browser)
{
    /// <summary>Of so many the own page of the mail and of the person is opened too; every payload is on the lists and on the feed.</summary>
    const int OpenedSingly = 24;

    /// <summary>Payloads of the links in one mail.</summary>
    const int LinksAMail = 30;

    const int RecipientsAMail = 60;

    readonly MailSink _sink = new();

    int _visits;

    protected override (string, string)[] Settings => OutboxTest.To(_sink);

    /// <summary>What mail servers answer is kept to be read, and comes from whoever the mail was addressed to.</summary>
    [Fact]
    public async Task A_mail_server_that_answers_with_scripts_is_quoted()
    {
        var (rita, client) = await RepAsync();
        var page = await SignedInAsync(rita.Id);
        await page.AddInitScriptAsync("window.pwned = 0; window.pwn = () => { window.pwned++; };");
        var told = Payloads.All.Select(p => p.ReplaceLineEndings(" ").Replace('\t', ' ')).ToList();
        // Whom it reports the failures to is answered well.
        _sink.AtRecipient = to => to.Contains("@customer.example", StringComparison.Ordinal) ? $"550 5.1.1 {told[int.Parse(to.Trim('<', '>').Split('@')[0][1..], CultureInfo.InvariantCulture)]}" : "250 2.1.5 Ok";
        for (var i = 0; i < told.Count; i += RecipientsAMail)
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Mails.Proposal(string.Join(", ", Enumerable.Range(i, Math.Min(RecipientsAMail, told.Count - i)).Select(n => $"p{n}@customer.example")))));
            content.Headers.ContentType = new("message/rfc822");
            var message = await Answers.JsonAsync(await client.SendAsync(HttpMethod.Post, "/messages?deliver=true", content), HttpStatusCode.Created);
            var count = Math.Min(RecipientsAMail, told.Count - i);
            await Until.TrueAsync(async () => await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from deliveries where kind = 'copy' and state = 'failed'"), Ct) == i + count, "all have been refused");
            await OpenAsync(page, $"/mails/{message.Text("id")}");
            await Expect(page.GetByText(told[i], new() { Exact = false }).First).ToBeVisibleAsync();
        }
        await OpenAsync(page, "/mails");
        await OpenAsync(page, "/");
        Assert.Equal([], Dialogs);
        Assert.True(ConsoleErrors.Count == 0, string.Join('\n', ConsoleErrors.Take(20)));
    }

    [Fact]
    public async Task Stored_scripts_stay_text()
    {
        Assert.True(Payloads.All.Distinct().Count() >= 200);
        var (rita, client) = await RepAsync("rita@example.com", "<img src=x onerror=alert('rep')>");
        var page = await SignedInAsync(rita.Id);
        await page.AddInitScriptAsync("window.pwned = 0; window.pwn = () => { window.pwned++; };");
        // The page is open while it all comes in.
        await page.GotoAsync("/");
        await using var feed = await FeedClient.OpenAsync(client, 0);
        var mails = new List<string>();
        for (var i = 0; i < Payloads.All.Count; i++)
        {
            mails.Add(await SendAndReadAsync(client, i));
        }
        Assert.True(_visits >= 200, $"only {_visits} mails could be visited");
        for (var i = 0; i < _visits; i++)
        {
            await feed.NextAsync("hit");
        }
        // Attached, not visible: machines are folded away.
        await Expect(page.Locator("#feed .line").First).ToBeAttachedAsync();
        await CheckAsync(page, "the live page");
        foreach (var path in (string[])["/", "/hot", "/today", "/account", $"/companies/1", "/mails"])
        {
            await OpenAsync(page, path);
        }
        await page.GotoAsync("/");
        while (await page.Locator("#earlier").IsVisibleAsync())
        {
            var before = await page.Locator("#feed .line").CountAsync();
            await page.Locator("#earlier").ClickAsync();
            await page.WaitForFunctionAsync("n => document.querySelectorAll('#feed .line').length > n || document.querySelector('#earlier').hidden", before);
        }
        foreach (var why in (await page.Locator("#feed .why").AllAsync()).Take(OpenedSingly))
        {
            await why.EvaluateAsync("button => { for (let d = button.closest('details'); d; d = d.parentElement.closest('details')) d.open = true; }");
            await why.ClickAsync();
        }
        await Expect(page.Locator("#feed .reasons").First).ToBeVisibleAsync();
        await CheckAsync(page, "the feed with its reasons");
        foreach (var id in mails.Where((_, i) => i % (mails.Count / OpenedSingly) == 0))
        {
            await OpenAsync(page, $"/mails/{id}");
            await OpenAsync(page, $"/prospects/{id}");
        }
        Assert.Equal([], Dialogs);
        Assert.True(ConsoleErrors.Count == 0, string.Join('\n', ConsoleErrors.Take(20)));
    }

    static async Task OpenAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await Expect(page.Locator("main")).ToBeVisibleAsync();
        await CheckAsync(page, path);
    }

    static async Task CheckAsync(IPage page, string where)
    {
        Assert.True(await page.EvaluateAsync<int>("window.pwned") == 0, where);
        // Markup of theirs would be an element that no page of ours has.
        var foreign = await page.Locator("main :is(img, iframe, object, embed, video, audio, marquee, math, base, link, meta, style, script, x), [onerror], [onload], [onfocus], a[href^='javascript:' i], a[href^='data:' i]").CountAsync();
        Assert.True(foreign == 0, $"{where}: {foreign} foreign elements");
    }

    async Task<string> SendAndReadAsync(ApiClient client, int index)
    {
        var payload = Payloads.All[index];
        var links = string.Concat(Payloads.All.Skip(index).Take(index % LinksAMail == 0 ? LinksAMail : 1).Select((text, i) =>
            $"<a href=\"https://example.com/{i}?q={Uri.EscapeDataString(text)}#{System.Net.WebUtility.HtmlEncode(text)}\">{System.Net.WebUtility.HtmlEncode(text)}</a>"));
        static string Word(string text) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
        var mail = $"From: rita@example.com\r\nTo: {Word(payload)} <p{index}@customer.example>\r\nSubject: {Word(payload)}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>{links}</body></html>\r\n";
        var message = await client.MailAsync(mail);
        var copy = message.At("copies", 0)!;
        var url = copy.At("links")!.AsArray().Select(l => l!["trackedUrl"]?.GetValue<string>()).FirstOrDefault(u => u is not null) ?? copy.At("openUrl")?.GetValue<string>();
        if (url is not null)
        {
            _visits++;
            await Server.VisitAsync(url, $"{Browsers.Firefox} {payload.ReplaceLineEndings(" ").Replace('\t', ' ')}");
        }
        return message.Text("id");
    }
}
