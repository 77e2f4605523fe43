using System.Text;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>A mail program, as far as the wire shows it: one connection, one mail after the other.</summary>
static class Sender
{
    /// <summary>An HTML mail of Rita's with one link, to nobody in its header (as a Bcc goes out).</summary>
    public static string Mail(int number, int padding = 0) => $"""
        From: Rita Rep <rita@example.com>
        To: undisclosed-recipients:;
        Subject: Offer {number}
        Message-ID: <{number}.{Random.Shared.NextInt64():x}@example.com>
        MIME-Version: 1.0
        Content-Type: text/html; charset=utf-8

        <html><body><p>Offer {number}</p><p><a href="https://example.com/offer/{number}">The offer</a></p>{Padding(padding)}</body></html>

        """.ReplaceLineEndings("\r\n");

    static string Padding(int length) => string.Concat(Enumerable.Range(0, length / 70).Select(i => $"<p>{i:000000} and the rest of a paragraph that says nothing but fills</p>\n"));

    public static async Task SendAsync(int port, IEnumerable<(string Mail, IReadOnlyList<string> Recipients)> mails, string sender = "rita@example.com", string parameters = "", string recipientParameters = "")
    {
        using var line = await Line.ToAsync(port);
        Expect("220", await line.AnswerAsync());
        Expect("250", await line.AskAsync("EHLO laptop.example.com"));
        foreach (var (mail, recipients) in mails)
        {
            Expect("250", await line.AskAsync($"MAIL FROM:<{sender}>{parameters}"));
            foreach (var recipient in recipients)
            {
                Expect("250", await line.AskAsync($"RCPT TO:<{recipient}>{recipientParameters}"));
            }
            Expect("354", await line.AskAsync("DATA"));
            var stuffed = mail.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
            Expect("250", await line.AskAsync((stuffed.StartsWith('.') ? "." : "") + stuffed + (stuffed.EndsWith("\r\n", StringComparison.Ordinal) ? "." : "\r\n.")));
        }
        Expect("221", await line.AskAsync("QUIT"));
    }

    static void Expect(string code, string answer) => Assert.True(answer.StartsWith(code, StringComparison.Ordinal), $"expected {code}, was {answer}");

    /// <summary>A mail's bytes as they travel: every line ends in CR LF.</summary>
    public static string Wire(byte[] mail) => Encoding.Latin1.GetString(mail).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
}
