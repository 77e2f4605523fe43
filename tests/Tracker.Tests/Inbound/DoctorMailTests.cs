using System.Globalization;
using Tracker.Tests.Commands;
using Tracker.Tests.Outbound.Filter;
using Tracker.Tests.Outbox;
using Tracker.Tests.Support;

namespace Tracker.Tests.Inbound;

/// <summary>The whole chain is tested by one command, which says in plain words what is wrong: a real Postfix with the filter, a real Dovecot, a server that is reached by another address than loopback.</summary>
public sealed class DoctorMailTests : CommandTests
{
    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string[] Settings(Dovecot dovecot, int smtpPort, string publicUrl) =>
    [
        "--Tracker:Mail:SmtpHost=localhost", "--Tracker:Mail:SmtpPort=" + Text(smtpPort), "--Tracker:Mail:ImapHost=localhost",
        "--Tracker:Mail:ImapPort=" + Text(dovecot.ImapPort), "--Tracker:Mail:CertificateFile=" + dovecot.CertificateFile, "--Tracker:Mail:User=rita@example.com", "--Tracker:Mail:Password=pencil",
        "--Tracker:PublicUrl=" + publicUrl, "--Tracker:UnknownConsent=track",
    ];

    async Task<Ended> DoctorAsync(MailHouse house, string publicUrl, params string[] more)
    {
        await using var doctor = TrackerProcess.Start(Folder, null, ["doctor", "mail", .. Settings(house.Dovecot, house.Postfix.Front, publicUrl), .. more]);
        return await doctor.EndAsync(TimeSpan.FromMinutes(3));
    }

    async Task<(TrackerProcess Server, string Url)> ServeAsync(MailHouse house)
    {
        var url = $"http://{OwnAddress.Find()}:{Text(Postfix.FreePort())}";
        var (server, _) = await TrackerProcess.ServeAsync(
            Folder, "--urls=" + url, "--Tracker:PublicUrl=" + url, "--Tracker:UnknownConsent=track", "--Tracker:Filter:Listen=127.0.0.1:" + Text(house.Postfix.Filter), "--Tracker:Filter:NextHop=127.0.0.1:" + Text(house.Postfix.Reinjection));
        return (server, url);
    }

    static IReadOnlyList<string> Problems(Ended ended) => [.. ended.Out.Split('\n').Where(l => l.StartsWith("PROBLEM", StringComparison.Ordinal))];

    static void Says(Ended ended, params string[] texts) => Assert.All(texts, t => Assert.True(ended.Out.Contains(t, StringComparison.Ordinal), $"“{t}” is not in:\n{ended.Out}{ended.Error}"));

    /// <summary>One thing is wrong, and it is told with what to do; the rest is well.</summary>
    static void Only(Ended ended, params string[] texts)
    {
        Assert.Equal(1, ended.Code);
        var problem = Assert.Single(Problems(ended));
        Assert.All(texts, t => Assert.Contains(t, problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_all_is_well_the_probe_comes_back_and_pixel_and_link_work_from_outside()
    {
        await using var world = new MailSink();
        await using var house = await MailHouse.StartAsync(world.Port);
        var (server, url) = await ServeAsync(house);
        await using (server)
        {
            foreach (var (port, tls) in new[] { (house.Postfix.Front, "starttls"), (house.TlsPort, "tls") })
            {
                var well = await DoctorAsync(house, url, "--Tracker:Mail:SmtpPort=" + Text(port), "--Tracker:Mail:SmtpTls=" + tls);
                Says(well, "protected by Tls", "signed in as rita@example.com", "taken the probe from rita@example.com to rita@example.com", "The probe arrived", "arrived as they were sent",
                    $"The pixel works at {url}", $"The link works at {url}", "to see it from outside");
                Assert.Empty(Problems(well));
                Assert.Equal(0, well.Code);
            }
        }
        Assert.Empty(world.Mails);
    }

    [Fact]
    public async Task Each_fault_is_told_alone_in_plain_words()
    {
        await using var world = new MailSink { AtRecipient = to => to.StartsWith("gone", StringComparison.Ordinal) ? "550 5.1.1 no such user in this world" : "250 2.1.5 Ok" };
        await using var house = await MailHouse.StartAsync(world.Port);
        var (server, url) = await ServeAsync(house);
        await using (server)
        {
            var password = await DoctorAsync(house, url, "--Tracker:Mail:Password=wrong-secret");
            Only(password, "does not take the user and password", "Check Tracker:Mail:User and Password");
            Assert.DoesNotContain("wrong-secret", password.Out + password.Error, StringComparison.Ordinal);
            Only(await DoctorAsync(house, url, "--Tracker:Mail:SmtpPort=" + Text(Postfix.FreePort())), "cannot be reached", "Is it running");
            Only(await DoctorAsync(house, url, "--Tracker:Mail:SmtpTls=tls"), "protected connection could not be made", "starttls on 587");
            Only(await DoctorAsync(house, url, "--Tracker:Mail:CertificateFile="), "protected connection could not be made", "Tracker:Mail:CertificateFile");
            Only(await DoctorAsync(house, url, "--Tracker:Mail:ImapPort=" + Text(Postfix.FreePort())), "cannot be reached", "Is it running");
            Only(await DoctorAsync(house, url, "--to", "nobody@example.com"), "does not take the probe", "550 5.1.1");
            Only(await DoctorAsync(house, url, "--to", "gone@elsewhere.example"), "came back", "no such user in this world");
            var unreachable = await DoctorAsync(house, $"http://{OwnAddress.Find()}:{Text(Postfix.FreePort())}");
            Says(unreachable, "arrived as they were sent");
            Assert.Equal(2, Problems(unreachable).Count);
            Assert.All(Problems(unreachable), p => Assert.Contains("cannot be fetched at", p, StringComparison.Ordinal));
            var loopback = await DoctorAsync(house, "http://127.0.0.1:" + url.Split(':')[^1]);
            Says(loopback, "this machine's own");
        }
        // Without the filter Postfix keeps the mail.
        var never = await DoctorAsync(house, url, "--wait", "3");
        Says(never, "it has taken the probe", "did not arrive in INBOX", "within 3 s", "queue", "The pixel cannot be fetched");
        Assert.Equal(1, never.Code);
        Assert.Equal(1, await house.Postfix.WaitingAsync());
    }

    [Fact]
    public async Task A_gateway_that_rewrites_links_is_told()
    {
        await using var sink = new MailSink();
        await using var dovecot = await Dovecot.StartAsync(sink.Port);
        var probing = TrackerProcess.RunAsync(Folder, null, ["doctor", "mail", .. Settings(dovecot, dovecot.SubmissionPort, "http://127.0.0.1:1")]);
        await Until.TrueAsync(() => Task.FromResult(!sink.Mails.IsEmpty), "the probe was sent", TimeSpan.FromSeconds(60));
        var sent = System.Text.Encoding.Latin1.GetString(sink.Mails.Single().Mail);
        await dovecot.DeliverAsync("rita@example.com", System.Text.Encoding.Latin1.GetBytes(
            sent.Replace("href=\"http", "href=\"https://gateway.example/?u=http", StringComparison.Ordinal).Replace("/c/", "/x/", StringComparison.Ordinal)));
        Says(await probing, "The probe arrived", "Its link did not arrive as sent");
    }

    [Fact]
    public async Task Without_a_mail_server_it_says_where_to_name_one()
    {
        var none = await RunAsync("doctor", "mail");
        Assert.Contains("Tracker:Mail:SmtpHost", none.Out, StringComparison.Ordinal);
        Assert.Equal(1, none.Code);
    }
}
