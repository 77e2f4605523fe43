using System.Text;
using Tracker.Outbound.Smtp;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>
/// SMTP smuggling (CVE-2023-51764, -51765, -51766; SEC Consult, 2023): a server that ends a mail elsewhere than its neighbour takes what follows for commands.
/// The sequences are those of The-Login/SMTP-Smuggling-Tools (inbound and outbound) and hannob/smtpsmug, and what lies between them. Promise S4.
/// </summary>
public sealed class SmugglingTests(SmugglingTests.OneFilter filter) : IClassFixture<SmugglingTests.OneFilter>
{
    /// <summary>One server for all sequences; each has a connection of its own.</summary>
    public sealed class OneFilter : IAsyncLifetime
    {
        internal Hop Hop { get; } = new();

        internal FilterRig Rig { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Rig = await FilterRig.StartAsync(Hop.Port);

        public async ValueTask DisposeAsync()
        {
            await Rig.DisposeAsync();
            await Hop.DisposeAsync();
        }
    }

    /// <summary>Ends of data that are none.</summary>
    public static readonly string[] Fakes =
    [
        "\n.\n", "\n.\r", "\r.\n", "\r.\r", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\0.\r\n", "\r\n.\0\r\n", "\r\n.\r\r\n", "\r\r\n.\r\r\n", "\r\r\n.\n",
        "\n\r.\r\n", "\n\n.\r\n", "\n\r\n.\n", "\r\n.\n\r\n", "\n.\n\r\n", "\r\n..\r\n", "\r\n. \r\n", "\r\n.\t\r\n", "\r\n .\r\n", "\r\0\n.\r\n", "\r\n.\r\0\n", "\n\r\n\r.\r\n", "\r\n.\r.\r\n",
        "\r\n.\x0b\r\n", "\r\n.\x85\r\n", "\n..\n", "\r\n.\n.\r",
    ];

    const string Smuggled = "MAIL FROM:<evil@bad.example>\r\nRCPT TO:<victim@customer.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nnever a mail of its own\r\n.\r\n";
    const string Head = "From: Rita Rep <rita@example.com>\r\nTo: paul@customer.example\r\nSubject: smuggling\r\nContent-Type: text/plain\r\n\r\nbefore";

    public static TheoryData<string, bool> All => [.. from fake in Fakes from pipelined in new[] { false, true } select new TheoryDataRow<string, bool>(Escaped(fake), pipelined)];

    static string Escaped(string text) => string.Concat(text.Select(c => c switch { '\r' => "CR ", '\n' => "LF ", < ' ' or > '~' => $"{(int)c:x2} ", ' ' => "SP ", _ => $"{c} " })).Trim();

    [Theory]
    [MemberData(nameof(All))]
    public async Task One_mail_stays_one_mail(string name, bool pipelined)
    {
        var fake = Fakes.Single(f => Escaped(f) == name);
        filter.Hop.Mails.Clear();
        using var client = await Line.ToAsync(filter.Rig.Address.Port);
        Assert.StartsWith("220", await client.AnswerAsync(), StringComparison.Ordinal);
        await client.AskAsync("EHLO client.example");
        string[] commands = ["MAIL FROM:<rita@example.com>", "RCPT TO:<paul@customer.example>", "DATA"];
        var answers = new List<string>();
        if (pipelined)
        {
            await client.WriteAsync(string.Join("\r\n", commands) + "\r\n" + Head + fake + Smuggled + "QUIT\r\n");
            foreach (var _ in commands)
            {
                answers.Add(await client.AnswerAsync());
            }
        }
        else
        {
            foreach (var command in commands)
            {
                answers.Add(await client.AskAsync(command));
            }
            await client.WriteAsync(Head);
            await client.WriteAsync(fake);
            await client.WriteAsync(Smuggled + "QUIT\r\n");
        }
        Assert.Equal(["250", "250", "354"], answers.Select(a => a[..3]));
        // One answer for the mail, one for the goodbye: nothing in between was a command.
        Assert.StartsWith("250", await client.AnswerAsync(), StringComparison.Ordinal);
        Assert.StartsWith("221", await client.AnswerAsync(), StringComparison.Ordinal);
        Assert.Null(await client.ReadAsync());
        var mail = Assert.Single(filter.Hop.Mails);
        Assert.Equal("RCPT TO:<paul@customer.example>", mail.Recipient);
        Assert.Contains("never a mail of its own", mail.Raw, StringComparison.Ordinal);
        // The next hop, however it reads line ends, finds no other end in it either.
        Assert.DoesNotContain(mail.Raw.Replace("\r\n", "", StringComparison.Ordinal), c => c is '\r' or '\n');
        Assert.DoesNotContain("\r\n.\r\n", mail.Raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_536)]
    [InlineData(2 * 65_536)]
    [InlineData(256 * 1024)]
    public async Task Dots_arrive_wherever_buffers_end(int around)
    {
        var mails = new List<string>();
        for (var at = Math.Max(0, around - 12); at < around + 12; at++)
        {
            var head = $"Subject: {at}\r\n\r\n";
            mails.Add(head + new string('x', Math.Max(0, at - head.Length)) + "\r\n.\r\n..\r\n.x\r\n\r\n.\r\n");
        }
        filter.Hop.Mails.Clear();
        await Sender.SendAsync(filter.Rig.Address.Port, mails.Select(m => (m, (IReadOnlyList<string>)["paul@customer.example"])), sender: "news@news.example");
        Assert.Equal(mails, filter.Hop.Mails.Select(m => Encoding.Latin1.GetString(m.Mail)));
    }

    [Fact]
    public void Every_split_of_the_input_reads_the_same()
    {
        foreach (var fake in Fakes)
        {
            var bytes = Encoding.Latin1.GetBytes(Head + fake + Smuggled + "QUIT\r\n");
            var whole = Decoded([bytes]);
            Assert.Equal(whole, Decoded([.. bytes.Select(b => new[] { b })]));
            for (var at = Head.Length - 2; at < Head.Length + fake.Length + 2; at++)
            {
                Assert.Equal(whole, Decoded([bytes[..at], bytes[at..]]));
            }
        }
    }

    static (string Mail, int Used) Decoded(IReadOnlyList<byte[]> pieces)
    {
        var decoder = new DataDecoder();
        using var mail = new MailBuffer(1 << 20);
        var used = 0;
        foreach (var piece in pieces.TakeWhile(_ => !decoder.Ended))
        {
            used += decoder.Decode(piece, mail);
        }
        Assert.True(decoder.Ended);
        return (Encoding.Latin1.GetString(mail.Take().Span), used);
    }
}
