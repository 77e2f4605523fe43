using System.Globalization;
using System.Net;
using System.Text;
using System.Web;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Access;
using Tracker.Outbound.Servers;
using Tracker.Pages.Team;
using Tracker.Settings;
using Tracker.Tests.Api;
using Tracker.Tests.Outbound.Filter;
using Tracker.Tests.Outbox;
using Tracker.Tests.Support;

namespace Tracker.Tests.Team;

/// <summary>Mail servers that an administrator sets on the page: mail goes through them, and their passwords come to light nowhere.</summary>
public abstract class MailAccountContract(Func<Task<Engine>> start) : ApiContract(start)
{
    const string Password = "correct horse <battery> & staple ü";

    string _cookie = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _cookie = await Server.CookieAsync((await Server.RepAsync("ada@example.com", "Ada Admin", role: Role.Admin)).Id);
    }

    async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, params (string Name, string Value)[] form)
    {
        var (status, text) = await Server.PostFormAsync(_cookie, path, form);
        return (status, HttpUtility.HtmlDecode(text));
    }

    /// <summary>As the form sends it, with what differs.</summary>
    Task<(HttpStatusCode Status, string Text)> SaveAsync(params (string Name, string Value)[] other) => PostAsync("/settings/mail",
        [.. new[] { ("was", ""), ("name", "ours"), ("for", ""), ("host", "127.0.0.1"), ("port", "2525"), ("tls", "none"), ("user", ""), ("password", "") }.Where(f => !other.Any(o => o.Name == f.Item1)), .. other]);

    async Task<(HttpStatusCode Status, string Text)> SavedAsync(params (string Name, string Value)[] other)
    {
        var answer = await SaveAsync(other);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer;
    }

    static string Port(MailSink sink) => sink.Port.ToString(CultureInfo.InvariantCulture);

    Task<HttpResponseMessage> DeliverAsync(string to)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Mails.Proposal(to)));
        content.Headers.ContentType = new("message/rfc822");
        return Rita.SendAsync(HttpMethod.Post, "/messages?deliver=true", content);
    }

    async Task GoesToAsync(MailSink sink, string to)
    {
        var before = sink.Mails.Count;
        await Answers.JsonAsync(await DeliverAsync(to), HttpStatusCode.Created);
        await Until.TrueAsync(() => sink.Mails.Count > before, $"the mail to {to} has arrived");
        Assert.Equal(to, sink.Mails.Last().Recipient);
    }

    /// <summary>The one there is, as the outbox uses it.</summary>
    async Task<MailAccount> AccountAsync() => Assert.Single(await Server.Database.ReadAsync(Server.Services.GetRequiredService<MailServers>().ListAsync, Ct));

    [Fact]
    public async Task Mail_goes_through_the_account_that_was_set_from_the_next_one_on()
    {
        await using MailSink everybody = new(), ritas = new();
        Assert.Equal("cannot-deliver", await Answers.ProblemAsync(await DeliverAsync("paul@customer.example"), HttpStatusCode.UnprocessableEntity));
        await SavedAsync(("port", Port(everybody)));
        await GoesToAsync(everybody, "paul@customer.example");
        await SavedAsync(("name", "rita's"), ("for", "Rita@Example.com, second.example"), ("port", Port(ritas)));
        await GoesToAsync(ritas, "anna@customer.example");
        // Another server under the same name, while a connection to the old one is still open.
        await SavedAsync(("was", "rita's"), ("for", "rita@example.com"), ("port", Port(everybody)));
        await GoesToAsync(everybody, "otto@customer.example");
        await SavedAsync(("was", "rita's"), ("for", "rita@example.com"), ("port", Port(ritas)));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/settings/mail/remove", ("account", "rita's"))).Status);
        await GoesToAsync(everybody, "ines@customer.example");
        await RestartAsync();
        await GoesToAsync(everybody, "olaf@customer.example");
        Assert.Single(ritas.Mails);
    }

    [Fact]
    public async Task A_password_is_kept_sealed_and_comes_to_light_nowhere()
    {
        var (_, text) = await SavedAsync(("user", "rita@example.com"), ("password", Password));
        Assert.Contains("password stored, sealed", text, StringComparison.Ordinal);
        using var shown = await Server.WithCookieAsync(_cookie, HttpMethod.Get, "/settings/mail?change=" + MailTestForm.IdOf("ours"));
        var page = HttpUtility.HtmlDecode(await shown.Content.ReadAsStringAsync(Ct));
        Assert.Contains("the stored one stays", page, StringComparison.Ordinal);
        var row = Assert.Single(await Server.Database.ReadAsync(StoredMailAccounts.RowsAsync, Ct));
        Assert.Equal(Password, (await AccountAsync()).Password.Read());
        Assert.All(new[] { text, page, row.ToString(), string.Join('\n', Server.Log) }, t => Assert.DoesNotContain("battery", t, StringComparison.Ordinal));
        Assert.DoesNotContain("battery", Files(), StringComparison.Ordinal);
        string Files() => string.Join('\n', Directory.EnumerateFiles(Engine.DataFolder, "*", SearchOption.AllDirectories).Select(f =>
        {
            using var file = new StreamReader(new FileStream(f, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.Latin1);
            return file.ReadToEnd();
        }));

        // Whoever can write the database cannot have it sent elsewhere.
        await Server.Database.WriteAsync(s => s.ExecuteAsync("update mail_accounts set host = 'evil.example'"), Ct);
        Assert.Contains("does not belong", Assert.Throws<IOException>((await AccountAsync()).Password.Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stored_password_stays_with_its_server_and_user_alone()
    {
        await SavedAsync(("user", "rita@example.com"), ("password", Password));
        (string, string)[] same = [("was", "ours"), ("user", "rita@example.com")];
        await SavedAsync([.. same, ("for", "rita@example.com")]);
        Assert.Equal(Password, (await AccountAsync()).Password.Read());
        foreach (var (field, value) in new[] { ("host", "localhost"), ("port", "2526"), ("tls", "starttls"), ("user", "otto@example.com") })
        {
            var (status, text) = await SaveAsync([.. same.Where(s => s.Item1 != field), (field, value)]);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("Type the password again", text, StringComparison.Ordinal);
        }
        // What is typed is a password and no file of this machine.
        await SavedAsync([.. same, ("password", "file:/etc/hostname")]);
        Assert.Equal("file:/etc/hostname", (await AccountAsync()).Password.Read());
        await SavedAsync(("was", "ours"));
        Assert.False((await AccountAsync()).Password.IsGiven);
    }

    [Theory]
    [InlineData("name", "", "Give it a name")]
    [InlineData("name", "taken", "already")]
    [InlineData("for", "rita example", "is no mail address and no domain")]
    [InlineData("for", "taken.example", "is for taken.example already")]
    [InlineData("host", "http://mail.example.com/", "name or address of the mail server alone")]
    [InlineData("host", "", "name or address of the mail server alone")]
    [InlineData("port", "0", "1 to 65535")]
    [InlineData("port", "twenty", "1 to 65535")]
    [InlineData("tls", "maybe", "Choose one of these")]
    [InlineData("user", "rita", "The password of rita is needed")]
    [InlineData("password", "x", "Whose password is it?")]
    [InlineData("was", "gone", "Somebody has removed this account")]
    public async Task What_is_wrong_is_said_at_its_field_and_nothing_is_stored(string field, string value, string says)
    {
        await SavedAsync(("name", "taken"), ("for", "taken.example"));
        var (status, text) = await SaveAsync((field, value));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(says, text, StringComparison.Ordinal);
        Assert.Single(await Server.Database.ReadAsync(StoredMailAccounts.ListAsync, Ct));
    }

    [Fact]
    public async Task A_password_never_travels_readable()
    {
        var (status, text) = await SaveAsync(("host", "mail.example.com"), ("user", "rita"), ("password", Password));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("would travel readable", text, StringComparison.Ordinal);
        await SavedAsync(("host", "mail.example.com"), ("user", "rita"), ("password", Password), ("tls", "starttls"));
    }

    [Fact]
    public async Task A_test_mail_is_answered_clearly()
    {
        await using var sink = new MailSink { AtRecipient = to => to.StartsWith("gone", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "250 2.1.5 Ok" };
        await SavedAsync(("port", Port(sink)));
        async Task<string> TestAsync(string to)
        {
            var (status, text) = await PostAsync("/settings/mail/test", ("account", "ours"), ("to", to));
            Assert.Equal(HttpStatusCode.OK, status);
            return text;
        }
        Assert.Contains("it has taken the probe from ada@example.com to ada@example.com", await TestAsync("ada@example.com"), StringComparison.Ordinal);
        Assert.Contains("/o/", Assert.Single(sink.Mails).Text, StringComparison.Ordinal);
        Assert.Contains("550 5.1.1 no such user", await TestAsync("gone@example.com"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/settings/mail/test", ("account", "ours"), ("to", "ada"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/settings/mail/test", ("account", "another"), ("to", "ada@example.com"))).Status);
        await SavedAsync(("was", "ours"), ("port", Postfix.FreePort().ToString(CultureInfo.InvariantCulture)));
        var away = await TestAsync("ada@example.com");
        Assert.Contains("was not taken", away, StringComparison.Ordinal);
        Assert.Contains("Is it running, are host and port right", away, StringComparison.Ordinal);
    }
}

public sealed class MailAccountsOnSqlite() : MailAccountContract(Engine.SqliteAsync);

public sealed class MailAccountsOnPostgres() : MailAccountContract(Engine.PostgresAsync);

/// <summary>Beside the accounts of the settings.</summary>
public sealed class MailAccountsBesideSettings() : OutboxTest(Engine.SqliteAsync)
{
    [Fact]
    public async Task What_the_settings_say_holds_until_the_page_says_otherwise_and_the_page_says_which()
    {
        var cookie = await Server.CookieAsync((await Server.RepAsync("ada@example.com", "Ada Admin", role: Role.Admin)).Id);
        async Task<string> PageAsync()
        {
            using var page = await Server.WithCookieAsync(cookie, HttpMethod.Get, "/settings/mail");
            return HttpUtility.HtmlDecode(await page.Content.ReadAsStringAsync(Ct));
        }
        Assert.Contains("from the server's settings", await PageAsync(), StringComparison.Ordinal);
        await SendAsync(Mails.Proposal("paul@customer.example"));
        await Until.TrueAsync(() => Sink.Mails.Count == 1, "it has gone by the settings' account");
        await using var ours = new MailSink();
        (string, string)[] form = [("was", ""), ("for", ""), ("host", "127.0.0.1"), ("port", ours.Port.ToString(CultureInfo.InvariantCulture)), ("tls", "none"), ("user", ""), ("password", "")];
        Assert.Equal(HttpStatusCode.BadRequest, (await Server.PostFormAsync(cookie, "/settings/mail", [.. form, ("name", "default")])).Status);
        Assert.Equal(HttpStatusCode.OK, (await Server.PostFormAsync(cookie, "/settings/mail", [.. form, ("name", "ours")])).Status);
        Assert.Contains("not used: an account set here is for the same", await PageAsync(), StringComparison.Ordinal);
        await SendAsync(Mails.Proposal("anna@customer.example"));
        await Until.TrueAsync(() => ours.Mails.Count == 1, "it has gone by the page's account");
        await Server.PostFormAsync(cookie, "/settings/mail/remove", [("account", "ours")]);
        await SendAsync(Mails.Proposal("otto@customer.example"));
        await Until.TrueAsync(() => Sink.Mails.Count == 2, "it has gone by the settings' account again");
    }
}
