using System.Globalization;
using System.Net;
using System.Text;
using MimeKit;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbox;

/// <summary>From ?deliver=true to the mail server, recipient by recipient.</summary>
public abstract class OutboxContract(Func<Task<Engine>> engineAsync) : OutboxTest(engineAsync)
{
    const string Three = "Paul <paul@customer.example>, Anna <anna@customer.example>, Otto <otto@else.example>";

    [Fact]
    public async Task Each_recipient_gets_their_own_copy_and_the_message_says_when_it_left()
    {
        var message = await SendAsync(Mails.Proposal(to: Three, headers: "Bcc: Boss <boss@far.example>\r\n"));
        Assert.Null(message["sentAt"]);
        foreach (var copy in message["copies"]!.AsArray())
        {
            await StateAsync(message, copy!.Text("recipient"), "sent");
            var arrived = Assert.Single(Sink.Mails, m => m.Recipient == copy!.Text("recipient"));
            Assert.Equal(Convert.FromBase64String(copy!.Text("mime")), arrived.Mail);
            Assert.Contains(copy!.Text("openUrl"), arrived.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("boss@", arrived.Text, StringComparison.Ordinal);
            Assert.Equal("rita@example.com", arrived.Sender);
        }
        Assert.Equal(4, Sink.Mails.Count);
        Assert.Single(Sink.Mails.Select(m => m.Header("Message-ID")).Distinct(), id => id.EndsWith("@example.com>", StringComparison.Ordinal));
        var now = await Rita.GetAsync($"/messages/{message.Text("id")}");
        Assert.NotNull(now["sentAt"]);
        Assert.Equal(0, await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from delivery_mails"), Ct));
    }

    [Fact]
    public async Task A_refusal_for_good_reaches_the_rep_once_on_the_feed_and_as_a_report()
    {
        Sink.AtRecipient = to => to.StartsWith("anna", StringComparison.Ordinal) ? "550 5.1.1 <anna@customer.example>: no such user" : "250 2.1.5 Ok";
        await using var feed = await FeedClient.OpenAsync(Rita);
        var message = await SendAsync(Mails.Proposal(to: Three, subject: "Angebot für Müller"));
        var failed = await feed.NextAsync("delivery.failed");
        Assert.Equal("anna@customer.example", failed.Data.Text("recipient"));
        Assert.Equal("5.1.1", failed.Data.Text("status"));
        Assert.Contains("no such user", failed.Data.Text("answer"), StringComparison.Ordinal);
        await StateAsync(message, "anna@customer.example", "failed");
        await StateAsync(message, "paul@customer.example", "sent");
        await StateAsync(message, "otto@else.example", "sent");
        await Until.TrueAsync(() => Sink.Mails.Any(m => m.Recipient == "rita@example.com"), "the report has arrived");
        var report = Assert.Single(Sink.Mails, m => m.Recipient == "rita@example.com");
        Assert.StartsWith("MAIL FROM:<>", report.MailFrom, StringComparison.Ordinal);
        using var stream = new MemoryStream(report.Mail);
        var read = await MimeMessage.LoadAsync(stream, Ct);
        var parts = Assert.IsType<MultipartReport>(read.Body);
        Assert.Equal("delivery-status", parts.ReportType);
        var status = Assert.IsType<MessageDeliveryStatus>(parts[1]);
        Assert.Equal(("rfc822; anna@customer.example", "failed", "5.1.1"), (status.StatusGroups[1]["Final-Recipient"], status.StatusGroups[1]["Action"], status.StatusGroups[1]["Status"]));
        Assert.Equal("auto-replied", read.Headers["Auto-Submitted"]);
        Assert.Equal("dns; example.com|rfc822; anna@customer.example|failed|5.1.1\n", await InPythonAsync(report.Mail));
        Assert.Contains(Sink.Mails.First(m => m.Recipient == "paul@customer.example").Header("Message-ID"), report.Text, StringComparison.Ordinal);
        Assert.Equal(1, await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from deliveries where kind = 'report'"), Ct));
    }

    /// <summary>Another reader of RFC 3464: the fields of the report's second part.</summary>
    static async Task<string> InPythonAsync(byte[] report)
    {
        const string Script = """
            import email, sys
            status = email.message_from_bytes(open(sys.argv[1], "rb").read()).get_payload(1).get_payload()
            print(status[0]["Reporting-MTA"], status[1]["Final-Recipient"], status[1]["Action"], status[1]["Status"], sep="|")
            """;
        using var folder = new ScratchFolder();
        await File.WriteAllBytesAsync(folder["report.eml"], report, Ct);
        return (await Tool.RunAsync("/usr/bin/python3", folder.Path, default, "-c", Script, "report.eml")).Ok().Text;
    }

    [Fact]
    public async Task A_temporary_refusal_is_tried_again_until_it_goes()
    {
        var until = 3;
        Sink.AtRecipient = to => to.StartsWith("otto", StringComparison.Ordinal) && Interlocked.Decrement(ref until) > 0 ? "451 4.7.1 Greylisted, come again" : "250 2.1.5 Ok";
        var message = await SendAsync(Mails.Proposal(to: Three));
        await Until.TrueAsync(async () => (long)(await DeliveryAsync(message, "otto@else.example"))["attempts"]! == 1, "the first try was refused");
        Assert.Contains("Greylisted", (await DeliveryAsync(message, "otto@else.example")).Text("answer"), StringComparison.Ordinal);
        Advance(TimeSpan.FromMinutes(1.1));
        await Until.TrueAsync(async () => (long)(await DeliveryAsync(message, "otto@else.example"))["attempts"]! == 2, "the second try was refused");
        Advance(TimeSpan.FromMinutes(5.1));
        await StateAsync(message, "otto@else.example", "sent");
        Assert.Single(Sink.Mails, m => m.Recipient == "otto@else.example");
        // Each copy's own time: the first ones left six minutes earlier.
        Assert.True((DateTimeOffset)(await DeliveryAsync(message, "otto@else.example"))["sentAt"]! > (DateTimeOffset)(await DeliveryAsync(message, "paul@customer.example"))["sentAt"]! + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task After_days_of_trying_it_is_given_up_and_reported()
    {
        Sink.AtRecipient = to => to == "paul@customer.example" ? "452 4.2.2 Mailbox full" : "250 2.1.5 Ok";
        var message = await SendAsync(Mails.Proposal());
        await Until.TrueAsync(async () => (long)(await DeliveryAsync(message, "paul@customer.example"))["attempts"]! == 1, "it was tried");
        Advance(TimeSpan.FromHours(121));
        await StateAsync(message, "paul@customer.example", "failed");
        await Until.TrueAsync(() => Sink.Mails.Any(m => m is { Recipient: "rita@example.com", Sender: "" }), "the report has arrived");
        Assert.Equal("4.2.2", (await DeliveryAsync(message, "paul@customer.example")).Text("status"));
    }

    [Fact]
    public async Task It_waits_for_its_time_and_can_be_taken_back_until_then()
    {
        var at = (Server.Time.GetUtcNow() + TimeSpan.FromHours(2)).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        var message = await SendAsync(Mails.Proposal(to: Three), "&sendAt=" + at);
        var otto = await DeliveryAsync(message, "otto@else.example");
        Assert.Equal("cancelled", (await Rita.PostAsync($"/deliveries/{otto.Text("id")}/cancel")).Text("state"));
        Assert.Equal("delivery-over", await Answers.ProblemAsync(await Rita.SendAsync(HttpMethod.Post, $"/deliveries/{otto.Text("id")}/cancel"), HttpStatusCode.Conflict));
        Assert.Equal(2, (await Rita.GetAsync("/deliveries?state=queued"))["items"]!.AsArray().Count);
        Advance(TimeSpan.FromMinutes(119));
        Assert.Empty(Sink.Mails);
        Advance(TimeSpan.FromMinutes(2));
        await StateAsync(message, "paul@customer.example", "sent");
        await StateAsync(message, "anna@customer.example", "sent");
        Assert.DoesNotContain(Sink.Mails, m => m.Recipient == "otto@else.example");
        Assert.Equal("cancelled", (await Rita.GetAsync($"/deliveries/{otto.Text("id")}")).Text("state"));
    }

    [Fact]
    public async Task Colleagues_get_theirs_untracked_and_a_name_that_was_told_outlives_the_mails()
    {
        Assert.Equal("Dr. Paul Prospect", (await Answers.JsonAsync(
            await Rita.SendAsync(HttpMethod.Put, "/prospects", Answers.Json(new { email = "paul@customer.example", name = "Dr. Paul Prospect" })), HttpStatusCode.OK)).Text("name"));
        var message = await SendAsync(Mails.Proposal(to: "Paulchen <paul@customer.example>, Olga <olga@example.com>, \"anna@customer.example\" <anna@customer.example>, Otto Else <otto@else.example>"));
        var olga = message["copies"]!.AsArray().Single(c => c!.Text("recipient") == "olga@example.com")!;
        Assert.False((bool)olga["instrumented"]!);
        Assert.Contains("own people", olga.Text("reason"), StringComparison.Ordinal);
        async Task<string?> NameAsync(string email) => (string?)(await Rita.GetAsync($"/prospects?email={email}")).At("items", 0, "name");
        Assert.Equal(("Dr. Paul Prospect", null, "Otto Else"), (await NameAsync("paul@customer.example"), await NameAsync("anna@customer.example"), await NameAsync("otto@else.example")));
        await StateAsync(message, "olga@example.com", "sent");
    }

    [Fact]
    public async Task A_server_that_is_away_costs_no_tries_and_the_mail_goes_when_it_is_back()
    {
        await using var another = await TestServer.StartAsync(await Engine2Async(), null, [.. OutboxTest.To(Sink), ("Tracker:Mail:SmtpPort", "1")]);
        var rita = await another.RepClientAsync("rita@example.com");
        var message = await SendAsync(rita, Encoding.UTF8.GetBytes(Mails.Proposal(to: Three)));
        await Until.TrueAsync(async () => (await rita.GetAsync("/deliveries"))["items"]!.AsArray().All(d => d!["answer"] is not null), "all were told why");
        var all = (await rita.GetAsync("/deliveries"))["items"]!.AsArray();
        Assert.All(all, d => Assert.Contains("127.0.0.1:1", d!.Text("answer"), StringComparison.Ordinal));
        Assert.All(all, d => Assert.Equal("queued", d!.Text("state")));
        Assert.InRange(all.Sum(d => (long)d!["attempts"]!), 1, 3);
        Assert.Contains(another.Log, l => l.Contains("takes no mail now", StringComparison.Ordinal));
        Assert.DoesNotContain(another.Log, l => l.Contains("customer.example", StringComparison.Ordinal));
    }

    readonly List<Engine> _more = [];

    async Task<Engine> Engine2Async()
    {
        var engine = await Engine.SqliteAsync();
        _more.Add(engine);
        return engine;
    }
}

public sealed class OutboxSqlite() : OutboxContract(Engine.SqliteAsync);

public sealed class OutboxPostgres() : OutboxContract(Engine.PostgresAsync);
