using System.Diagnostics;
using System.Globalization;
using Tracker.Tests.Signals;
using Tracker.Tests.Story;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>A real mail program writes, a real Postfix and the filter carry, a real browser reads, the rep is told. Mutt in the normal run, Thunderbird in the long one.</summary>
public sealed class MailProgramTests : IDisposable
{
    readonly string _home = Directory.CreateTempSubdirectory("tracker-mail-").FullName;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task What_a_mail_program_sends_becomes_a_prompt()
    {
        await using var world = new Hop();
        await using var postfix = await RealPostfix.StartAsync(world.Port);
        await using var rig = await FilterRig.StartAsync(postfix.Reinjection, [("Tracker:Filter:Listen", $"127.0.0.1:{postfix.Filter}")]);
        var rita = await rig.Server.ClientAsync((await rig.Server.RepAsync()).Id);
        await using var feed = await FeedClient.OpenAsync(rita);
        await using var webmail = await Webmail.StartAsync();
        await using var browser = await Browser.StartAsync();

        var html = $"<p>Hello Paul, here is <a href=\"{webmail.Address}/proposal\">our proposal</a>.</p>";
        await (Long.Run ? ThunderbirdAsync(postfix.Front, html, () => !world.Mails.IsEmpty) : MuttAsync(postfix.Front, html));
        await Until.TrueAsync(() => !world.Mails.IsEmpty, "the mail arrives");

        rig.Server.Time.Advance(TimeSpan.FromHours(1));
        webmail.Show(Assert.Single(world.Mails).Mail);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(webmail.Address + "/mail");
        Assert.Equal("human", (await feed.NextAsync("hit")).Data.Text("verdict"));
        Assert.Equal("paul@customer.example", (await feed.NextAsync("prompt.raised")).Data.Text("email"));
        await page.GetByText("our proposal").ClickAsync();
        await page.WaitForURLAsync(webmail.Address + "/proposal");
        await feed.NextAsync("prompt.refreshed");
    }

    async Task MuttAsync(int port, string html)
    {
        var start = new ProcessStartInfo("mutt",
        [
            "-F", "/dev/null", "-e", $"set smtp_url=smtp://127.0.0.1:{port}/", "-e", "set from=rita@example.com", "-e", "set use_from", "-e", "set realname='Rita Rep'",
            "-e", "set content_type=text/html", "-e", "set copy=no", "-e", "set ssl_starttls=no", "-e", "set ssl_force_tls=no", "-s", "Our proposal", "--", "paul@customer.example",
        ])
        { RedirectStandardInput = true, RedirectStandardError = true };
        start.Environment["HOME"] = _home;
        using var mutt = Process.Start(start)!;
        await mutt.StandardInput.WriteAsync(html);
        mutt.StandardInput.Close();
        var error = await mutt.StandardError.ReadToEndAsync(Ct);
        await mutt.WaitForExitAsync(Ct);
        Assert.True(mutt.ExitCode == 0, error);
    }

    async Task ThunderbirdAsync(int port, string html, Func<bool> arrived)
    {
        var profile = Directory.CreateDirectory(Path.Combine(_home, "profile")).FullName;
        await File.WriteAllLinesAsync(Path.Combine(profile, "user.js"), Settings(port).Select(s => $"user_pref(\"{s.Name}\", {s.Value});"), Ct);
        using var screen = Process.Start(new ProcessStartInfo("Xvfb", ["-displayfd", "1", "-screen", "0", "1200x900x24"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var display = ":" + await screen.StandardOutput.ReadLineAsync(Ct);
        using var thunderbird = Process.Start(At(display, "thunderbird", "-profile", profile, "-no-remote", "-compose", $"to='paul@customer.example',subject='Our proposal',format=html,body='{html}'"))!;
        try
        {
            var window = "";
            await Until.TrueAsync(async () => (window = (await AskAsync(display, "search", "--name", "Write:")).Split('\n')[0]).Length > 0, "Thunderbird shows the mail");
            // Until it is taken: the window is there before it listens to keys.
            await Until.TrueAsync(async () =>
            {
                await AskAsync(display, "windowfocus", window);
                await AskAsync(display, "key", "--window", window, "ctrl+Return");
                await Task.Delay(1000, Ct);
                return arrived();
            }, "Thunderbird sends the mail");
        }
        finally
        {
            foreach (var process in (Process[])[thunderbird, screen])
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    ProcessStartInfo At(string display, string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["DISPLAY"], start.Environment["HOME"]) = (display, _home);
        return start;
    }

    async Task<string> AskAsync(string display, params string[] arguments)
    {
        using var process = Process.Start(At(display, "xdotool", arguments))!;
        var answer = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return answer;
    }

    /// <summary>The steps of docs/mail-postfix.md, as the dialogs write them down; the rest keeps the first start quiet.</summary>
    static IEnumerable<(string Name, string Value)> Settings(int port) =>
    [
        ("mail.smtpservers", "\"smtp1\""), ("mail.smtp.defaultserver", "\"smtp1\""), ("mail.smtpserver.smtp1.hostname", "\"127.0.0.1\""),
        ("mail.smtpserver.smtp1.port", port.ToString(CultureInfo.InvariantCulture)), ("mail.smtpserver.smtp1.authMethod", "1"), ("mail.smtpserver.smtp1.try_ssl", "0"),
        ("mail.accountmanager.accounts", "\"account1\""), ("mail.accountmanager.defaultaccount", "\"account1\""), ("mail.account.account1.identities", "\"id1\""),
        ("mail.account.account1.server", "\"server1\""), ("mail.server.server1.type", "\"pop3\""), ("mail.server.server1.hostname", "\"127.0.0.1\""),
        ("mail.server.server1.userName", "\"rita\""), ("mail.server.server1.check_new_mail", "false"), ("mail.server.server1.login_at_startup", "false"),
        ("mail.identity.id1.useremail", "\"rita@example.com\""), ("mail.identity.id1.fullName", "\"Rita Rep\""), ("mail.identity.id1.smtpServer", "\"smtp1\""),
        ("mail.identity.id1.compose_html", "true"), ("mail.identity.id1.valid", "true"), ("mail.identity.id1.fcc", "false"), ("mail.default_send_format", "3"),
        ("mail.warn_on_send_accel_key", "false"), ("mail.provider.suppress_dialog_on_startup", "true"), ("mail.rights.version", "1"),
        ("mail.shell.checkDefaultClient", "false"), ("mailnews.start_page.enabled", "false"), ("datareporting.policy.dataSubmissionEnabled", "false"), ("app.update.enabled", "false"),
        ("network.captive-portal-service.enabled", "false"), ("network.connectivity-service.enabled", "false"),
    ];
}
