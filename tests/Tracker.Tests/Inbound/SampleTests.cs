using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tracker.Domain.Inbound;
using Tracker.Tests.Outbound;
using Tracker.Tests.Support;

namespace Tracker.Tests.Inbound;

/// <summary>What each system's mail is taken for, to which copy, and until when.</summary>
public sealed partial class SampleTests() : AnswerTest(Engine.SqliteAsync)
{
    static readonly DateTimeOffset Monday = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    /// <summary>The day they say they are back; a sample that is not here names none.</summary>
    static readonly Dictionary<string, string> Until = new()
    {
        ["away-domino"] = "2026-03-24", ["away-exchange-dutch"] = "2026-03-12", ["away-exchange-english"] = "2026-03-13", ["away-exchange-french"] = "2026-03-16",
        ["away-exchange-german"] = "2026-03-23", ["away-exchange-italian"] = "2026-03-11", ["away-exchange-polish"] = "2026-03-15", ["away-exchange-portuguese"] = "2026-03-18",
        ["away-exchange-spanish"] = "2026-03-09", ["away-exchange-swedish"] = "2026-03-10", ["away-gmail"] = "2026-03-09", ["away-groupwise"] = "2026-03-17", ["away-icloud"] = "2026-03-14",
        ["away-sieve"] = "2026-03-05", ["away-vacation"] = "2026-03-30", ["away-zimbra"] = "2026-03-19",
    };

    static readonly Dictionary<string, string> Status = new()
    {
        ["bounce-amazon-ses"] = "5.1.1", ["bounce-courier"] = "5.0.0", ["bounce-domino"] = "5.1.1", ["bounce-envelope-id"] = "5.4.1", ["bounce-exchange-german"] = "5.7.1",
        ["bounce-exchange-online"] = "5.1.10", ["bounce-exim"] = "5.0.0", ["bounce-exim-plain"] = "5.1.1", ["bounce-forwarded"] = "5.1.1", ["bounce-gmail"] = "5.1.1", ["bounce-gmail-old"] = "5.1.1",
        ["bounce-kundenserver"] = "5.1.1", ["bounce-mdaemon"] = "5.1.1", ["bounce-opensmtpd"] = "5.1.1", ["bounce-postfix"] = "5.1.1", ["bounce-qmail"] = "5.1.1", ["bounce-sendmail"] = "5.2.2",
        ["bounce-yahoo"] = "5.2.1", ["delayed-exim-plain"] = "", ["delayed-postfix"] = "4.4.1",
    };

    sealed record Row
    {
        public string Kind { get; init; } = "";
        public long CopyId { get; init; }
        public string? Status { get; init; }
    }

    [Fact]
    public async Task Every_sample_is_what_its_name_says()
    {
        var wrong = new List<string>();
        var names = Sample.Names.ToList();
        foreach (var (name, n) in names.Select((name, i) => (name, i)))
        {
            // Where the report names another address, only a mail with one recipient can be told.
            var recipients = name == "bounce-forwarded" ? new[] { $"paul{n}@customer.example" } : [$"paul{n}@customer.example", $"anna{n}@customer.example"];
            var sent = (await SentAsync(recipients))[0];
            var handled = await TakeAsync(Sample.Fill(name, sent, n: n.ToString(CultureInfo.InvariantCulture)), Monday);
            var expected = Enum.Parse<AnswerKind>(name.Split('-')[0], ignoreCase: true);
            var row = await Server.Database.ReadAsync(s => s.FirstAsync<Row>("select kind, copy_id, status from answers order by id desc limit 1"), Ct);
            if (handled.Kind != expected || handled.Copies != (expected == AnswerKind.None ? 0 : 1)
                || (expected != AnswerKind.None && (row!.CopyId.ToString(CultureInfo.InvariantCulture) != sent.CopyId || !row.Kind.Equals(expected.ToString(), StringComparison.OrdinalIgnoreCase))))
            {
                wrong.Add($"{name}: {handled}");
            }
            if (handled.Until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) != Until.GetValueOrDefault(name))
            {
                wrong.Add($"{name}: until {handled.Until}");
            }
            if (Status.TryGetValue(name, out var status) && (row!.Status ?? "") != status)
            {
                wrong.Add($"{name}: status {row.Status}");
            }
        }
        Assert.Empty(wrong);
        Assert.True(names.Count(n => n.StartsWith("bounce-", StringComparison.Ordinal)) >= 12 && names.Count(n => n.StartsWith("away-", StringComparison.Ordinal)) >= 12 && names.Count(n => n.StartsWith("reply-", StringComparison.Ordinal)) >= 12);
    }

    [Fact]
    public async Task Garbage_is_nobodys_answer()
    {
        var random = new Random(7);
        var names = Sample.Names.ToList();
        var sent = (await SentAsync("paul@customer.example"))[0];
        for (var i = 0; i < (Environment.GetEnvironmentVariable("TRACKER_LONG") is null ? 300 : 20_000); i++)
        {
            var mail = Sample.Fill(names[random.Next(names.Count)], sent, n: i.ToString(CultureInfo.InvariantCulture));
            for (var change = random.Next(1, 20); change > 0; change--)
            {
                mail[random.Next(mail.Length)] = (byte)random.Next(256);
            }
            if (Tracker.Inbound.IncomingMail.Read(mail[..random.Next(mail.Length / 2, mail.Length)]) is { } read)
            {
                _ = AnswerRules.Kind(read.Facts);
                _ = ReturnDate.Find(read.NewText, Monday);
            }
        }
    }

    /// <summary>S9, with what real systems have sent to mailing lists: a report names the recipient and what became of the mail, and the status where one is written.</summary>
    [Fact]
    public void Real_mail_is_read_and_real_reports_tell_what_they_say()
    {
        var (mails, reports, wrong) = (0, 0, new List<string>());
        foreach (var (name, bytes) in Corpus.Installed())
        {
            mails++;
            if (Tracker.Inbound.IncomingMail.Read(bytes) is not { } read)
            {
                continue;
            }
            _ = (AnswerRules.Kind(read.Facts), ReturnDate.Find(read.NewText, Monday), SignaturePhone.Find(read.NewText));
            var text = Encoding.Latin1.GetString(bytes);
            if (read.Facts.ReportType == "delivery-status" && FinalRecipient().Match(text) is { Success: true } final)
            {
                reports++;
                var told = read.Bounces.Recipients.FirstOrDefault(r => r.Address.Equals(final.Groups[1].Value, StringComparison.OrdinalIgnoreCase));
                if (told is not { Action: "failed" or "delayed" } || (WrittenStatus().Match(text) is { Success: true } status && told.Status != status.Groups[1].Value))
                {
                    wrong.Add($"{Path.GetFileName(name)}: {told}");
                }
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{mails} mails read, {reports} reports.");
        Assert.Empty(wrong);
        Assert.True(mails > 6000 && reports > 3);
    }

    [GeneratedRegex(@"^Final-Recipient: *rfc822; *(\S+)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex FinalRecipient();

    [GeneratedRegex(@"^Status: *(\d\.\d+\.\d+)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex WrittenStatus();
}
