using System.Globalization;
using Tracker.Outbound.Servers;
using Tracker.Settings;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>What an administrator typed into the form of a mail account, and what is wrong with it, field by field.</summary>
/// <param name="Was">The name of the account that is changed; empty: a new one.</param>
/// <param name="HasPassword">Whether one is stored, which stays unless another is typed.</param>
public sealed record MailAccountForm(string Was, string Name, string For, string Host, string Port, string Tls, string User, bool HasPassword)
{
    const int MostServed = 100;

    public static readonly MailAccountForm New = new("", "", "", "", "587", MailServer.StartTls, "", false);

    public IReadOnlyDictionary<string, string> Wrong { get; private init; } = new Dictionary<string, string>();

    public static MailAccountForm Of(StoredMailAccount account) => new(
        account.Name, account.Name, string.Join(", ", account.For), account.Server.Host, account.Server.Port.ToString(CultureInfo.InvariantCulture), account.Server.Tls, account.User, account.HasPassword);

    public static MailAccountForm Of(IFormCollection form, bool hasPassword)
    {
        string Text(string name) => form[name].ToString().Trim();
        return new(Text("was"), Text("name"), Text("for"), Text("host"), Text("port"), Text("tls"), Text("user"), hasPassword);
    }

    /// <param name="password">Empty: none was typed.</param>
    /// <param name="stored">Those set on the page.</param>
    /// <param name="others">Names of the accounts of the settings.</param>
    /// <returns>The account and the password to store with it (null: the one that is stored stays); or the form with what is wrong.</returns>
    public (MailAccountForm Form, StoredMailAccount? Account, string? Password) Check(string password, IReadOnlyList<StoredMailAccount> stored, IEnumerable<string> others, DateTimeOffset now)
    {
        var wrong = new Dictionary<string, string>();
        void Say(bool isWrong, string field, string text)
        {
            if (isWrong)
            {
                wrong.TryAdd(field, text);
            }
        }
        var before = stored.FirstOrDefault(a => a.Name == Was);
        Say(Was.Length == 0 && !MemberEndpoints.IsName(Name), "name", "Give it a name by which you will know it, of at most 200 characters.");
        Say(Was.Length == 0 && (stored.Any(a => a.Name == Name) || others.Contains(Name)), "name", $"There is an account called {Name} already. Change that one, or give this another name.");
        Say(Was.Length > 0 && before is null, "name", "Somebody has removed this account meanwhile. Make it anew if it is still wanted.");
        var serves = Served(For, out var unclear);
        Say(unclear is not null, "for", $"'{unclear}' is no mail address and no domain. It takes such as rita@example.com, second.example.");
        Say(serves.Count > MostServed, "for", $"At most {MostServed}.");
        foreach (var other in stored.Where(a => a.Name != Was))
        {
            var both = serves.Count == 0 && other.For.Count == 0 ? "everybody else" : serves.FirstOrDefault(other.For.Contains);
            Say(both is not null, "for", $"{other.Name} is for {both} already.");
        }
        Say(Uri.CheckHostName(Host) == UriHostNameType.Unknown || Host.Length > 253, "host", "Give the name or address of the mail server alone, such as mail.example.com.");
        var isPort = int.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535;
        Say(!isPort, "port", "A number from 1 to 65535; usually 587, or 465 with tls.");
        Say(!MailServer.Policies.Contains(Tls), "tls", "Choose one of these.");
        Say(User.Length > Texts.MaxLine || User.Any(char.IsControl), "user", "At most 200 characters in one line.");
        Say(password.Length > Texts.MaxLine || password.Any(char.IsControl), "password", "At most 200 characters in one line.");
        var server = new MailServer(Host.ToLowerInvariant(), port, Tls);
        Say(User.Length > 0 && !server.IsSafe, "tls", "A password would travel readable. Choose starttls or tls; unprotected is for servers without a user, or on this machine.");
        var stays = password.Length == 0 && before is { HasPassword: true } && before.Server == server && before.User == User;
        Say(User.Length > 0 && password.Length == 0 && !stays, "password", before is { HasPassword: true }
            ? "Type the password again: the stored one goes only to the server, and for the user, that it was given for."
            : $"The password of {User} is needed.");
        Say(User.Length == 0 && password.Length > 0, "user", "Whose password is it? A server that wants none takes neither.");
        return wrong.Count > 0
            ? (this with { Wrong = wrong }, null, null)
            : (this, new(Was.Length > 0 ? Was : Name, serves, server, User, User.Length > 0, null, now), stays ? null : password);
    }

    static List<string> Served(string text, out string? unclear)
    {
        var given = text.ToLowerInvariant().Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList();
        unclear = given.Find(g => Emails.Parse(g) is null && (g.Contains('@', StringComparison.Ordinal) || !g.Contains('.', StringComparison.Ordinal) || Uri.CheckHostName(g) != UriHostNameType.Dns));
        return given;
    }
}
