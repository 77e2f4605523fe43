using System.Text.Json.Serialization;

namespace Tracker.Settings;

/// <summary>A mail server and how the way to it is protected.</summary>
/// <param name="Tls">One of <see cref="StartTls"/>, <see cref="Implicit"/>, <see cref="Unprotected"/>.</param>
public sealed record MailServer(string Host, int Port, string Tls)
{
    /// <summary>Begins readable and is protected before anything is said; a server that cannot is not used.</summary>
    public const string StartTls = "starttls";

    /// <summary>Protected from the first byte, as on ports 465 and 993.</summary>
    public const string Implicit = "tls";

    /// <summary>Readable on the way; for a relay on this machine or in one's own network, without a password.</summary>
    public const string Unprotected = "none";

    public static readonly string[] Policies = [StartTls, Implicit, Unprotected];

    /// <summary>Nothing said to it can be read on the way.</summary>
    public bool IsSafe => Tls != Unprotected || Host is "localhost" || (System.Net.IPAddress.TryParse(Host, out var address) && System.Net.IPAddress.IsLoopback(address));

    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>Where access tokens come from (RFC 6749): with a refresh token for one mailbox, else with the client's own credentials.</summary>
public sealed record OAuthSettings(string TokenUrl, string ClientId, [property: JsonIgnore] Secret ClientSecret, [property: JsonIgnore] Secret RefreshToken, string Scope);

/// <summary>One set of credentials, for sending, for reading, or for both.</summary>
/// <param name="Name">As it is called in messages and logs.</param>
/// <param name="For">Addresses and domains whose mail goes this way; empty: everybody else's.</param>
/// <param name="Folder">Where answers arrive.</param>
/// <param name="CertificateFile">PEM of certificates that are trusted besides the system's; empty: none.</param>
public sealed record MailAccount(
    string Name, IReadOnlyList<string> For, MailServer? Smtp, MailServer? Imap, string Folder, string User, [property: JsonIgnore] Secret Password, OAuthSettings? OAuth, string CertificateFile)
{
    /// <summary>0: not for them; the larger, the more closely it fits.</summary>
    public int Fits(string email) =>
        For.Count == 0 ? 1
        : For.Contains(email, StringComparer.OrdinalIgnoreCase) ? 3
        : For.Contains(email[(email.LastIndexOf('@') + 1)..], StringComparer.OrdinalIgnoreCase) ? 2 : 0;
}

/// <summary>How mail goes out and answers come back.</summary>
/// <param name="Connections">Most mails handed over at once, over all accounts.</param>
/// <param name="RepPerHour">Most mails a rep may send in an hour; more wait.</param>
/// <param name="GiveUpAfter">From when it was due.</param>
/// <param name="OwnDomains">Besides the reps' own.</param>
/// <param name="RescanDays">How far back a mailbox is read anew when its numbering has changed.</param>
/// <param name="CertificateFile">See <see cref="MailAccount"/>; of the account of the settings and of those set on the page.</param>
public sealed record MailSettings(
    IReadOnlyList<MailAccount> Accounts, int Connections, int RepPerHour, TimeSpan GiveUpAfter, IReadOnlyList<string> OwnDomains, int RescanDays, string CertificateFile)
{
    public static MailSettings Read(SettingsReader read)
    {
        var server = (Smtp: read.Text("Tracker:Mail:SmtpHost", ""), Imap: read.Text("Tracker:Mail:ImapHost", ""));
        var smtp = new MailServer(server.Smtp, (int)read.Whole("Tracker:Mail:SmtpPort", 587, 1, 65_535), read.Choice("Tracker:Mail:SmtpTls", MailServer.StartTls, MailServer.Policies));
        var imap = new MailServer(server.Imap, (int)read.Whole("Tracker:Mail:ImapPort", 993, 1, 65_535), read.Choice("Tracker:Mail:ImapTls", MailServer.Implicit, MailServer.Policies));
        var oauth = new OAuthSettings(
            read.Text("Tracker:Mail:OAuthTokenUrl", ""), read.Text("Tracker:Mail:OAuthClientId", ""), new(read.Text("Tracker:Mail:OAuthClientSecret", "")),
            new(read.Text("Tracker:Mail:OAuthRefreshToken", "")), read.Text("Tracker:Mail:OAuthScope", ""));
        var account = new MailAccount(
            "default", [], smtp.Host.Length > 0 ? smtp : null, imap.Host.Length > 0 ? imap : null, read.Text("Tracker:Mail:ImapFolder", "INBOX"), read.Text("Tracker:Mail:User", ""),
            new(read.Text("Tracker:Mail:Password", "")), oauth.TokenUrl.Length > 0 ? oauth : null, read.Text("Tracker:Mail:CertificateFile", ""));
        var file = read.Text("Tracker:Mail:AccountsFile", "");
        IReadOnlyList<MailAccount> accounts =
            [.. account.Smtp is null && account.Imap is null ? [] : (MailAccount[])[account], .. file.Length > 0 ? MailAccountsFile.Read(file, read) : []];
        foreach (var given in accounts)
        {
            Check(given, read);
        }
        return new(
            accounts, (int)read.Whole("Tracker:Outbox:Connections", 4, 1, 64), (int)read.Whole("Tracker:Outbox:RepPerHour", 500, 1, 1_000_000),
            TimeSpan.FromHours(read.Whole("Tracker:Outbox:GiveUpHours", 120, 1, 720)),
            [.. read.Text("Tracker:OwnDomains", "").ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            (int)read.Whole("Tracker:Answers:RescanDays", 7, 1, 90), account.CertificateFile);
    }

    static void Check(MailAccount account, SettingsReader read)
    {
        var hasLogin = account.User.Length > 0;
        foreach (var server in new[] { account.Smtp, account.Imap }.OfType<MailServer>())
        {
            if (hasLogin && !server.IsSafe)
            {
                read.Problem($"Tracker:Mail ({account.Name}: {server})", server.Tls, "starttls or tls, because a password would travel readable; none is for servers without a user, or on this machine");
            }
        }
        if (hasLogin && !account.Password.IsGiven && account.OAuth is null)
        {
            read.Problem($"Tracker:Mail:Password ({account.Name})", "", $"the password of {account.User}, as it is or as file:PATH; or set Tracker:Mail:OAuthTokenUrl");
        }
        if (account.Imap is not null && !hasLogin)
        {
            read.Problem($"Tracker:Mail:User ({account.Name})", "", "the user whose mailbox is read; IMAP always needs one");
        }
        if (account.OAuth is { } oauth && (!Uri.TryCreate(oauth.TokenUrl, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && !url.IsLoopback)))
        {
            read.Problem($"Tracker:Mail:OAuthTokenUrl ({account.Name})", oauth.TokenUrl, "an https address, since secrets are sent there");
        }
        foreach (var path in new[] { account.CertificateFile, account.Password.File, account.OAuth?.ClientSecret.File }.Where(f => !string.IsNullOrEmpty(f) && !File.Exists(f)))
        {
            read.Problem($"Tracker:Mail ({account.Name})", path!, "a file that is there and can be read");
        }
    }
}
