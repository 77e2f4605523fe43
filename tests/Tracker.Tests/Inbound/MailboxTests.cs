using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Outbound.Outbox;
using Tracker.Tests.Outbox;
using Tracker.Tests.Support;

namespace Tracker.Tests.Inbound;

/// <summary>With a real Dovecot: mail goes out through its submission service, answers are read from its mailbox.</summary>
public sealed class MailboxTests : IAsyncLifetime
{
    readonly MailSink _sink = new();
    Engine _engine = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _engine = await Engine.SqliteAsync();

    public async ValueTask DisposeAsync()
    {
        await _sink.DisposeAsync();
        await _engine.DisposeAsync();
    }

    Task<TestServer> ServerAsync(Dovecot dovecot, params (string, string)[] login) => TestServer.StartAsync(_engine, null,
    [
        ("Tracker:Mail:SmtpHost", "localhost"), ("Tracker:Mail:SmtpPort", Text(dovecot.SubmissionPort)), ("Tracker:Mail:ImapHost", "localhost"), ("Tracker:Mail:ImapPort", Text(dovecot.ImapPort)),
        ("Tracker:Mail:CertificateFile", dovecot.CertificateFile), ("Tracker:Mail:User", "rita@example.com"), .. login,
    ]);

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static (string, string)[] OAuth(TokenServer tokens, string refreshToken) =>
    [
        ("Tracker:Mail:OAuthTokenUrl", tokens.Address + "token"), ("Tracker:Mail:OAuthClientId", "tracker"), ("Tracker:Mail:OAuthClientSecret", "shh"), ("Tracker:Mail:OAuthScope", "mail"),
        ("Tracker:Mail:OAuthRefreshToken", refreshToken),
    ];

    async Task<SentMail> SendAsync(ApiClient rita, string recipient)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Mails.Proposal(to: recipient, subject: "Our proposal to " + recipient)));
        content.Headers.ContentType = new("message/rfc822");
        var message = await Answers.JsonAsync(await rita.SendAsync(HttpMethod.Post, "/messages?deliver=true", content), System.Net.HttpStatusCode.Created);
        await Until.TrueAsync(() => _sink.Mails.Any(m => m.Recipient == recipient), $"the mail to {recipient} has arrived");
        var arrived = _sink.Mails.Single(m => m.Recipient == recipient);
        Assert.Contains(message.Text("copies", 0, "openUrl"), arrived.Text, StringComparison.Ordinal);
        return new("rita@example.com", recipient, "Our proposal to " + recipient, arrived.Header("Message-ID"), message.Text("copies", 0, "links", 0, "trackedUrl"), "", message.Text("copies", 0, "id"), "");
    }

    static async Task<List<JsonNode>> FeedAsync(ApiClient rita, string type) =>
        [.. (await Answers.JsonAsync(await rita.SendAsync(HttpMethod.Get, "/feed?limit=1000", null, ("Accept", "application/json")), System.Net.HttpStatusCode.OK))["items"]!.AsArray().OfType<JsonNode>().Where(e => e.Text("type") == type)];

    static Task WatchedAsync(TestServer server) => Until.TrueAsync(
        () => server.Database.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from answer_mailboxes") == 1, Ct), "the mailbox is watched");

    [Fact]
    public async Task Answers_are_read_as_they_come_also_those_that_came_while_nobody_looked()
    {
        await using var dovecot = await Dovecot.StartAsync(_sink.Port);
        await dovecot.DeliverAsync("rita@example.com", Encoding.ASCII.GetBytes("From: old@customer.example\r\nSubject: from before\r\n\r\nx\r\n"));
        SentMail paul, anna, otto;
        await using (var server = await ServerAsync(dovecot, ("Tracker:Mail:Password", "pencil")))
        {
            var rita = await server.RepClientAsync();
            await WatchedAsync(server);
            paul = await SendAsync(rita, "paul@customer.example");
            anna = await SendAsync(rita, "anna@customer.example");
            otto = await SendAsync(rita, "otto@else.example");
            // Pushed by IDLE: two between two looks, and one from nobody we know.
            await dovecot.DeliverAsync("rita@example.com", Encoding.ASCII.GetBytes("From: stranger@nowhere.example\r\nSubject: hello\r\n\r\nx\r\n"));
            await dovecot.DeliverAsync("rita@example.com", Sample.Fill("reply-gmail", paul));
            await dovecot.DeliverAsync("rita@example.com", Sample.Fill("away-exchange-german", anna));
            await Until.TrueAsync(async () => (await FeedAsync(rita, "reply")).Count == 1 && (await FeedAsync(rita, "away")).Count == 1, "both answers are told");
        }
        // Arrived while the server was down.
        await dovecot.DeliverAsync("rita@example.com", Sample.Fill("bounce-postfix", otto));
        await using (var server = await ServerAsync(dovecot, ("Tracker:Mail:Password", "pencil")))
        {
            var rita = await server.ClientAsync(1);
            await Until.TrueAsync(async () => (await FeedAsync(rita, "delivery.failed")).Count == 1, "the bounce is told");
            // The mail server goes and comes back.
            await dovecot.StopAsync();
            await dovecot.DeliverAsync("rita@example.com", Sample.Fill("reply-mutt", anna));
            await dovecot.RunAsync();
            await Until.TrueAsync(async () => (await FeedAsync(rita, "reply")).Count == 2, "the reply that came meanwhile is told");
            // Everything gets new numbers: read again, told no second time.
            await dovecot.StopAsync();
            dovecot.Renumber("rita@example.com");
            await dovecot.DeliverAsync("rita@example.com", Sample.Fill("reply-iphone", otto));
            await dovecot.RunAsync();
            await Until.TrueAsync(async () => (await FeedAsync(rita, "reply")).Count == 3, "the newest reply is told");
            Assert.Single(await FeedAsync(rita, "away"));
            Assert.Single(await FeedAsync(rita, "delivery.failed"));
        }
    }

    [Fact]
    public async Task A_refresh_token_opens_both_servers_and_its_successor_outlives_a_restart()
    {
        await using var tokens = await TokenServer.StartAsync();
        await using var dovecot = await Dovecot.StartAsync(_sink.Port, tokens.Address);
        await using (var server = await ServerAsync(dovecot, OAuth(tokens, "refresh-1")))
        {
            var rita = await server.RepClientAsync();
            var sent = await SendAsync(rita, "paul@customer.example");
            await WatchedAsync(server);
            await dovecot.DeliverAsync("rita@example.com", Sample.Fill("reply-gmail", sent));
            await Until.TrueAsync(async () => (await FeedAsync(rita, "reply")).Count == 1, "the reply is told");
            Assert.Equal(["refresh_token"], tokens.Grants);
            Assert.Contains("xoauth2", dovecot.Log, StringComparison.OrdinalIgnoreCase);
        }
        // The first token has been replaced; the settings still name it.
        Assert.NotEqual("refresh-1", tokens.RefreshToken);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(_engine.DataFolder, "mail-tokens.json")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await using (var server = await ServerAsync(dovecot, OAuth(tokens, "refresh-1")))
        {
            await SendAsync(await server.ClientAsync(1), "anna@customer.example");
        }
        Assert.Equal(2, tokens.Grants.Count);
    }

    [Fact]
    public async Task The_clients_own_credentials_do_and_a_revoked_token_is_asked_for_anew()
    {
        // Long enough that no token ends by itself while the clock is moved.
        await using var tokens = await TokenServer.StartAsync();
        tokens.LifetimeSeconds = 100_000_000;
        await using var dovecot = await Dovecot.StartAsync(_sink.Port, tokens.Address);
        await using var server = await ServerAsync(dovecot, OAuth(tokens, ""));
        var rita = await server.RepClientAsync();
        await SendAsync(rita, "paul@customer.example");
        Assert.Equal(["client_credentials"], tokens.Grants);
        tokens.Live.Clear();
        await dovecot.StopAsync();
        await dovecot.RunAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Mails.Proposal(to: "anna@customer.example")));
        content.Headers.ContentType = new("message/rfc822");
        await Answers.JsonAsync(await rita.SendAsync(HttpMethod.Post, "/messages?deliver=true", content), System.Net.HttpStatusCode.Created);
        await Until.TrueAsync(() =>
        {
            // An account that took nothing is left alone for half a minute.
            server.Time.Advance(TimeSpan.FromSeconds(31));
            server.Services.GetRequiredService<OutboxSignal>().Wake();
            // A session for sending may outlive Dovecot's restart; the one that reads the mailbox has to sign in again.
            return Task.FromResult(_sink.Mails.Any(m => m.Recipient == "anna@customer.example") && tokens.Grants.Count > 1);
        }, "the mail has gone and another token was asked for");
        Assert.DoesNotContain(server.Log, l => l.Contains("shh", StringComparison.Ordinal) || l.Contains("access-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_told_in_plain_words_and_costs_no_mail()
    {
        await using var dovecot = await Dovecot.StartAsync(_sink.Port);
        await using var server = await ServerAsync(dovecot, ("Tracker:Mail:Password", "wrong-and-secret"));
        var rita = await server.RepClientAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Mails.Proposal()));
        content.Headers.ContentType = new("message/rfc822");
        await Answers.JsonAsync(await rita.SendAsync(HttpMethod.Post, "/messages?deliver=true", content), System.Net.HttpStatusCode.Created);
        await Until.TrueAsync(async () => ((string?)(await rita.GetAsync("/deliveries")).At("items", 0, "answer"))?.Contains("does not take the user and password", StringComparison.Ordinal) == true, "the reason stands with the delivery");
        Assert.Equal("queued", (await rita.GetAsync("/deliveries")).Text("items", 0, "state"));
        await Until.TrueAsync(() => server.Log.Any(l => l.Contains("mailbox", StringComparison.Ordinal)), "the mailbox's trouble is logged");
        Assert.DoesNotContain(server.Log, l => l.Contains("wrong-and-secret", StringComparison.Ordinal));
        Assert.Empty(_sink.Mails);
    }

    [Fact]
    public async Task A_certificate_of_somebody_else_ends_the_connection_before_the_password()
    {
        await using var dovecot = await Dovecot.StartAsync(_sink.Port);
        await using var server = await ServerAsync(dovecot, ("Tracker:Mail:Password", "pencil"), ("Tracker:Mail:CertificateFile", ""));
        await Until.TrueAsync(() => server.Log.Any(l => l.Contains("protected connection", StringComparison.Ordinal)), "the refusal is logged");
        Assert.DoesNotContain("user=<rita", dovecot.Log, StringComparison.Ordinal);
    }
}
