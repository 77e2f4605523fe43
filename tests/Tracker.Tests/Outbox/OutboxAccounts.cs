using System.Text;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbox;

/// <summary>Reps and domains with a server of their own.</summary>
public sealed class OutboxAccounts() : OutboxTest(Engine.SqliteAsync)
{
    readonly MailSink _domain = new(), _rep = new();

    protected override (string, string)[] Settings
    {
        get
        {
            var file = Path.Combine(Engine.DataFolder, "accounts.json");
            static string Account(string name, string of, int port) => $$"""{ "name": "{{name}}", "for": ["{{of}}"], "smtp": { "host": "127.0.0.1", "port": {{port}}, "tls": "none" } }""";
            File.WriteAllText(file, $"[ {Account("second", "second.example", _domain.Port)}, {Account("olga", "olga@second.example", _rep.Port)} ]");
            return [("Tracker:Mail:AccountsFile", file)];
        }
    }

    [Fact]
    public async Task The_closest_fit_of_rep_and_domain_chooses_the_server()
    {
        await SendAsync(Mails.Proposal(to: "paul@customer.example"));
        await SendAsync(Mails.Proposal(to: "anna@customer.example").Replace("rita@example.com", "rita@second.example", StringComparison.Ordinal));
        await SendAsync(Mails.Proposal(to: "otto@customer.example").Replace("rita@example.com", "olga@second.example", StringComparison.Ordinal));
        // By whose mail it is, though it is sent in another name.
        await SendAsync(await Server.RepClientAsync("olga@second.example"), Encoding.UTF8.GetBytes(Mails.Proposal(to: "ines@customer.example")));
        await Until.TrueAsync(() => Sink.Mails.Count + _domain.Mails.Count + _rep.Mails.Count == 4, "all have gone");
        Assert.Equal(
            ("paul@customer.example", "anna@customer.example", "ines@customer.example otto@customer.example"),
            (Sink.Mails.Single().Recipient, _domain.Mails.Single().Recipient, string.Join(' ', _rep.Mails.Select(m => m.Recipient).Order(StringComparer.Ordinal))));
        await _domain.DisposeAsync();
        await _rep.DisposeAsync();
    }
}
