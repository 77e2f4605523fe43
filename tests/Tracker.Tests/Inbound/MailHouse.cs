using System.Globalization;
using Tracker.Tests.Outbound.Filter;

namespace Tracker.Tests.Inbound;

/// <summary>A small firm's mail on loopback: Postfix takes mail over TLS from who knows the password and hands it by the filter, Dovecot checks the password and keeps rita@example.com's mailbox.</summary>
sealed class MailHouse : IAsyncDisposable
{
    /// <summary>Debian's number of the user mail (base-passwd), as whom Dovecot runs here.</summary>
    const int MailUser = 8;

    MailHouse(Dovecot dovecot, Postfix postfix, int tlsPort) => (Dovecot, Postfix, TlsPort) = (dovecot, postfix, tlsPort);

    public Dovecot Dovecot { get; }

    public Postfix Postfix { get; }

    /// <summary>Protected from the first byte; the front port begins readable and offers STARTTLS.</summary>
    public int TlsPort { get; }

    /// <param name="world">Port of the server that stands for the rest of the world.</param>
    public static async Task<MailHouse> StartAsync(int world)
    {
        var dovecot = await Dovecot.StartAsync(world);
        try
        {
            var tlsPort = Postfix.FreePort();
            var postfix = await RealPostfix.StartAsync(world, more: new(Settings(dovecot), string.Create(CultureInfo.InvariantCulture, $"""
                127.0.0.1:{tlsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
                virtual unix - n n - - virtual
                tlsmgr unix - - n 1000? 1 tlsmgr
                """)));
            return new(dovecot, postfix, tlsPort);
        }
        catch
        {
            await dovecot.DisposeAsync();
            throw;
        }
    }

    static string Settings(Dovecot dovecot) => string.Create(CultureInfo.InvariantCulture, $$"""
        virtual_mailbox_domains = example.com
        virtual_mailbox_base = {{dovecot.MailFolder}}
        virtual_mailbox_maps = inline:{rita@example.com=rita@example.com/}
        virtual_uid_maps = static:{{MailUser}}
        virtual_gid_maps = static:{{MailUser}}
        virtual_minimum_uid = 1
        smtpd_sasl_auth_enable = yes
        smtpd_sasl_type = dovecot
        smtpd_sasl_path = inet:127.0.0.1:{{dovecot.AuthPort}}
        smtpd_tls_cert_file = {{dovecot.CertificateFile}}
        smtpd_tls_key_file = {{dovecot.KeyFile}}
        smtpd_tls_security_level = may
        smtpd_tls_auth_only = yes
        """);

    public async ValueTask DisposeAsync()
    {
        await Postfix.DisposeAsync();
        await Dovecot.DisposeAsync();
    }
}
