using System.Text;
using Tracker.Outbound.Instrumenting;
using Tracker.Tests.Outbound;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbox;

/// <summary>What was instrumented is what the mail server gets, byte for byte.</summary>
public sealed class SameBytes() : OutboxTest(Engine.SqliteAsync)
{
    protected override (string, string)[] Settings => [("Tracker:Outbox:RepPerHour", "1000000")];

    static IEnumerable<(string Name, byte[] Mail)> Awkward()
    {
        static byte[] Html(string body, string headers = "") => Encoding.Latin1.GetBytes(
            $"From: Rita <rita@example.com>\nTo: paul@customer.example\nSubject: Hi\n{headers}MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{body}".ReplaceLineEndings("\r\n"));
        yield return ("lines that begin with dots", Html("<p>x</p>\n.\n..\n.hidden\n<p><a href=\"https://example.com/\">y</a>\n.\n"));
        yield return ("no line end at the end", Html("<p>bye"));
        yield return ("nothing in the body", Html(""));
        yield return ("8-bit text", Html("<p>Gr\u00c3\u00bc\u00c3\u009fe</p>\n", "Content-Transfer-Encoding: 8bit\n"));
        yield return ("8-bit text that says it is 7-bit", Html("<p>Gr\u00fc\u00dfe</p>\n"));
        yield return ("a line of 5,000 characters", Html("<p>" + new string('x', 5000) + "</p>\n"));
        yield return ("folded and odd headers", Html("<p>x</p>\n", "X-Odd:no space\nX-Folded: a\n\tb\n   c\nX-Empty:\nx-LOWER: \u00e9t\u00e9\nX-Long: " + new string('y', 900) + "\n"));
        yield return ("a header line that is none", Html("<p>x</p>\n", "this is no header\n"));
        yield return ("a content length and a Resent-To", Html("<p>x</p>\n", "Content-Length: 5\nResent-To: paul@customer.example\n"));
        yield return ("a signature of the sender's domain", Html("<p>x</p>\n", "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h=from; bh=; b=abc\n"));
        yield return ("an attachment in quoted-printable and an epilogue", Encoding.ASCII.GetBytes("""
            From: rita@example.com
            To: paul@customer.example
            Subject: two parts
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="b"

            preamble
            --b
            Content-Type: text/html

            <p>Hello <a href="https://example.com/a?b=c&amp;d">you</a></p>
            --b
            Content-Type: application/octet-stream
            Content-Transfer-Encoding: quoted-printable

            a=3Db=20
            --b--
            epilogue   
            """.ReplaceLineEndings("\r\n")));
    }

    [Fact]
    public async Task Whatever_the_mail_looks_like()
    {
        var mails = Awkward().Concat(Corpus.Committed().Select(c => (Path.GetFileName(c.Name), c.Mail))).ToList();
        Assert.True(mails.Count > 15);
        foreach (var (name, mail) in mails)
        {
            Sink.Mails.Clear();
            var message = await SendAsync(Rita, mail);
            var copies = message["copies"]!.AsArray();
            await Until.TrueAsync(() => Sink.Mails.Count >= copies.Count, $"“{name}” has arrived");
            foreach (var copy in copies)
            {
                var arrived = Sink.Mails.Single(m => m.Recipient == copy!.Text("recipient"));
                Assert.True(Convert.FromBase64String(copy!.Text("mime")).AsSpan().SequenceEqual(arrived.Mail), name);
                var text = arrived.Text.Replace("\r\n", "", StringComparison.Ordinal);
                Assert.False(text.Contains('\r', StringComparison.Ordinal) || text.Contains('\n', StringComparison.Ordinal), $"a bare line end in “{name}”");
            }
        }
    }

    [Fact]
    public async Task Whatever_people_have_really_sent()
    {
        var (sent, every) = (0, Signals.Long.Run ? 1 : 200);
        foreach (var (name, mail) in Corpus.Installed().Where((_, i) => i % every == 0).Where(c => OutboundMail.Read(c.Mail, out _) is { From: not null, Recipients.Count: > 0 }))
        {
            var copies = (await SendAsync(Rita, mail))["copies"]!.AsArray();
            await Until.TrueAsync(() => Sink.Mails.Count >= copies.Count, $"“{name}” has arrived");
            Assert.All(copies, copy => Assert.True(Convert.FromBase64String(copy!.Text("mime")).AsSpan().SequenceEqual(Sink.Mails.Single(m => m.Recipient == copy!.Text("recipient")).Mail), name));
            Sink.Mails.Clear();
            sent += copies.Count;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{sent} copies arrived byte for byte.");
        Assert.True(sent > 0);
    }

    [Fact]
    public async Task Bare_line_ends_cannot_smuggle_a_second_mail()
    {
        var inside = "\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.net>\r\nDATA\r\nSubject: smuggled\r\n\r\nhi\r\n";
        foreach (var end in new[] { "\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\r.\r\n", "\n.\r" })
        {
            Sink.Mails.Clear();
            await SendAsync(Rita, Encoding.ASCII.GetBytes($"From: rita@example.com\r\nTo: paul@customer.example\r\nSubject: Hi\r\n\r\nbefore{end}{inside}"));
            await Until.TrueAsync(() => !Sink.Mails.IsEmpty, "the mail has arrived");
            Assert.Contains("Subject: smuggled", Assert.Single(Sink.Mails).Text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(Sink.Commands, c => c.Contains("victim", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mail_in_eight_bits_is_not_rewritten_for_a_server_that_takes_seven()
    {
        Sink.Extensions = ["SIZE 100000000"];
        var message = await SendAsync(Rita, Encoding.UTF8.GetBytes("From: rita@example.com\r\nTo: paul@customer.example\r\nSubject: Hi\r\n\r\nGrüße\r\n"));
        await StateAsync(message, "paul@customer.example", "failed");
        Assert.Contains("8BITMIME", (await DeliveryAsync(message, "paul@customer.example")).Text("answer"), StringComparison.Ordinal);
        Assert.DoesNotContain(Sink.Mails, m => m.Recipient == "paul@customer.example");
    }
}
