using System.Globalization;
using Tracker.Tests.Commands;
using Tracker.Tests.Outbox;
using Tracker.Tests.Support;

namespace Tracker.Tests.Inbound;

/// <summary>The whole chain is tested by one command, which says in plain words what is wrong.</summary>
public sealed class DoctorMailTests : CommandTests
{
    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    string[] Settings(Dovecot dovecot, string password, string publicUrl) =>
    [
        "--Tracker:DataFolder=" + Path.Combine(Folder, "data"), "--Tracker:Mail:SmtpHost=localhost", "--Tracker:Mail:SmtpPort=" + Text(dovecot.SubmissionPort), "--Tracker:Mail:ImapHost=localhost",
        "--Tracker:Mail:ImapPort=" + Text(dovecot.ImapPort), "--Tracker:Mail:CertificateFile=" + dovecot.CertificateFile, "--Tracker:Mail:User=rita@example.com", "--Tracker:Mail:Password=" + password,
        "--Tracker:PublicUrl=" + publicUrl,
    ];

    /// <summary>Whatever the sink takes arrives in the mailbox.</summary>
    static async Task DeliverAsync(MailSink sink, Dovecot dovecot, Func<byte[], byte[]> changed)
    {
        await Until.TrueAsync(() => Task.FromResult(!sink.Mails.IsEmpty), "the probe was sent", TimeSpan.FromSeconds(60));
        Assert.True(sink.Mails.TryDequeue(out var mail));
        await dovecot.DeliverAsync("rita@example.com", changed(mail.Mail));
    }

    [Fact]
    public async Task From_the_mail_server_to_the_link()
    {
        await using var sink = new MailSink();
        await using var dovecot = await Dovecot.StartAsync(sink.Port);
        var (server, address) = await TrackerProcess.ServeAsync(Folder);
        await using (server)
        {
            var url = address.ToString().TrimEnd('/');
            var delivered = DeliverAsync(sink, dovecot, mail => mail);
            var well = await TrackerProcess.RunAsync(Folder, null, ["doctor", "mail", .. Settings(dovecot, "pencil", url)]);
            Assert.True(well.Out.Contains("signed in as rita@example.com", StringComparison.Ordinal), well.Out + well.Error);
            await delivered;
            Assert.Contains("arrived as they were sent", well.Out, StringComparison.Ordinal);
            Assert.Contains("The pixel works", well.Out, StringComparison.Ordinal);
            Assert.Contains("The link works", well.Out, StringComparison.Ordinal);
            // The one thing that is wrong here.
            Assert.Equal("this machine's own", Assert.Single(well.Out.Split('\n'), l => l.StartsWith("PROBLEM", StringComparison.Ordinal)).Contains("this machine's own", StringComparison.Ordinal) ? "this machine's own" : well.Out);
            Assert.Equal(1, well.Code);

            // A gateway on the way rewrites links.
            delivered = DeliverAsync(sink, dovecot, mail => System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(mail).Replace("href=\"http", "href=\"https://gateway.example/?u=http", StringComparison.Ordinal).Replace("/c/", "/x/", StringComparison.Ordinal)));
            var rewritten = await TrackerProcess.RunAsync(Folder, null, ["doctor", "mail", .. Settings(dovecot, "pencil", url)]);
            await delivered;
            Assert.Contains("Its link did not arrive as sent", rewritten.Out, StringComparison.Ordinal);
        }
        var wrong = await TrackerProcess.RunAsync(Folder, null, ["doctor", "mail", .. Settings(dovecot, "wrong-secret", "http://localhost:1")]);
        Assert.Contains("does not take the user and password", wrong.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", wrong.Out + wrong.Error, StringComparison.Ordinal);
        Assert.Equal(1, wrong.Code);
    }

    [Fact]
    public async Task Without_a_mail_server_it_says_where_to_name_one()
    {
        var none = await RunAsync("doctor", "mail");
        Assert.Contains("Tracker:Mail:SmtpHost", none.Out, StringComparison.Ordinal);
        Assert.Equal(1, none.Code);
    }
}
