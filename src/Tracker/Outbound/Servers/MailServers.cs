using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Security;
using Tracker.Domain.Tokens;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Outbound.Servers;

/// <summary>Which account serves whom, and how to get in there.</summary>
public sealed class MailServers(TrackerSettings settings, KeyRing ring, AccessTokens tokens)
{
    volatile IReadOnlyDictionary<StoredMailAccounts.Row, MailAccount> _known = new Dictionary<StoredMailAccounts.Row, MailAccount>();

    /// <summary>Those of the settings. Mailboxes are watched with these alone.</summary>
    public IReadOnlyList<MailAccount> OfSettings => settings.Mail.Accounts;

    /// <summary>Those set on the page, which go first, then those of the settings. An account is the same object until it is changed.</summary>
    public async Task<IReadOnlyList<MailAccount>> ListAsync(Session session)
    {
        var known = _known;
        var now = (await StoredMailAccounts.RowsAsync(session)).ToDictionary(row => row, row => known.GetValueOrDefault(row) ?? row.ToAccount(ring, settings.Mail.CertificateFile));
        _known = now;
        return [.. now.Values, .. OfSettings];
    }

    /// <summary>The account that fits the sender's or the rep's address most closely; null when none is for them.</summary>
    public static MailAccount? ForSending(IReadOnlyList<MailAccount> accounts, string sender, string rep) => accounts.Where(a => a.Smtp is not null)
        .Select(a => (Account: a, Fits: Math.Max(a.Fits(sender), a.Fits(rep)))).Where(a => a.Fits > 0).OrderByDescending(a => a.Fits).Select(a => a.Account).FirstOrDefault();

    /// <summary>Connects, protects the connection as the account says, and signs in.</summary>
    /// <exception cref="NoTokenException">No access token.</exception>
    /// <exception cref="AuthenticationException">The server does not take the credentials.</exception>
    public async Task ConnectAsync(IMailService client, MailAccount account, MailServer server, CancellationToken ct)
    {
        if (account.CertificateFile.Length > 0)
        {
            // Certificates of one's own seldom have a place where their revocation could be asked for.
            client.CheckCertificateRevocation = false;
            client.ServerCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors, account.CertificateFile);
        }
        await client.ConnectAsync(server.Host, server.Port, server.Tls switch
        {
            MailServer.Implicit => SecureSocketOptions.SslOnConnect,
            MailServer.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        }, ct);
        if (account.User.Length == 0)
        {
            return;
        }
        if (account.OAuth is null)
        {
            await client.AuthenticateAsync(account.User, account.Password.Read(), ct);
            return;
        }
        try
        {
            await client.AuthenticateAsync(new SaslMechanismOAuth2(account.User, await tokens.GetAsync(account, ct)), ct);
        }
        catch (AuthenticationException)
        {
            tokens.Forget(account);
            throw;
        }
    }

    static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, string file)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }
        // Another name than the one asked for is another server, whoever signed it.
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return false;
        }
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        using var presented = new X509Certificate2(certificate);
        return chain.Build(presented);
    }
}
