using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tracker.Tests.Support;

namespace Tracker.Tests.Inbound;

/// <summary>
/// A private Dovecot: IMAP with TLS from the first byte, and submission with STARTTLS that hands on to a sink. Users sign in with the password "pencil", or
/// with an access token that the token server vouches for.
/// </summary>
public sealed class Dovecot : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("tracker-dovecot-").FullName;
    Process? _process;

    public int ImapPort { get; } = FreePort();

    public int SubmissionPort { get; } = FreePort();

    /// <summary>Where another server asks whether a password is right.</summary>
    public int AuthPort { get; } = FreePort();

    public string CertificateFile => Path.Combine(_folder, "cert.pem");

    public string KeyFile => Path.Combine(_folder, "key.pem");

    /// <summary>A folder for each user's mail, in maildir form.</summary>
    public string MailFolder => Path.Combine(_folder, "mail");

    public static bool IsThere => File.Exists("/usr/sbin/dovecot") && Environment.UserName == "root";

    /// <param name="relayPort">Where submission hands on to.</param>
    public static async Task<Dovecot> StartAsync(int relayPort, Uri? tokenServer = null)
    {
        Assert.SkipUnless(IsThere, "Dovecot is not installed, or this is not root; ./test installs it.");
        var dovecot = new Dovecot();
        dovecot.Configure(relayPort, tokenServer);
        await dovecot.RunAsync();
        return dovecot;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    void Configure(int relayPort, Uri? tokenServer)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        Directory.CreateDirectory(MailFolder);
        File.WriteAllText(Path.Combine(_folder, "oauth.conf"), $"""
            tokeninfo_url = {tokenServer}tokeninfo?access_token=
            introspection_mode = auth
            username_attribute = email
            active_attribute = active
            active_value = true
            """);
        File.WriteAllText(Path.Combine(_folder, "dovecot.conf"), $$"""
            base_dir = {{_folder}}/run
            state_dir = {{_folder}}/state
            log_path = {{_folder}}/log
            protocols = imap submission
            listen = 127.0.0.1
            ssl = yes
            ssl_cert = <{{CertificateFile}}
            ssl_key = <{{KeyFile}}
            mail_location = maildir:{{_folder}}/mail/%u
            mail_uid = mail
            mail_gid = mail
            first_valid_uid = 1
            first_valid_gid = 1
            maildir_very_dirty_syncs = no
            auth_mechanisms = plain login{{(tokenServer is null ? "" : " xoauth2 oauthbearer")}}
            disable_plaintext_auth = yes
            auth_verbose = yes
            auth_failure_delay = 0
            {{(tokenServer is null ? "" : $"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {_folder}/oauth.conf\n}}")}}
            passdb {
              driver = static
              mechanisms = plain login
              args = password=pencil
            }
            userdb {
              driver = static
              args = uid=mail gid=mail home={{_folder}}/mail/%u
            }
            submission_relay_host = 127.0.0.1
            submission_relay_port = {{relayPort}}
            submission_relay_ssl = no
            hostname = localhost
            service imap-login {
              inet_listener imap {
                port = 0
              }
              inet_listener imaps {
                port = {{ImapPort}}
                ssl = yes
              }
            }
            service auth {
              inet_listener {
                address = 127.0.0.1
                port = {{AuthPort}}
              }
            }
            service submission-login {
              inet_listener submission {
                port = {{SubmissionPort}}
              }
            }
            """);
        using var chown = Process.Start("chown", ["-R", "mail:mail", MailFolder]);
        chown.WaitForExit();
        // Its unprivileged processes pass through here.
        using var open = Process.Start("chmod", ["755", _folder]);
        open.WaitForExit();
    }

    public async Task RunAsync()
    {
        _process = Process.Start(new ProcessStartInfo("/usr/sbin/dovecot", ["-F", "-c", Path.Combine(_folder, "dovecot.conf")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await Until.TrueAsync(() => _process.HasExited || (Listens(ImapPort) && Listens(SubmissionPort)), "Dovecot listens");
        Assert.False(_process.HasExited, Log);
    }

    public string Log => File.Exists(Path.Combine(_folder, "log")) ? File.ReadAllText(Path.Combine(_folder, "log")) : _process?.StandardError.ReadToEnd() ?? "";

    static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Puts a mail into the user's inbox as a local delivery agent does: written beside it, then moved in.</summary>
    public async Task DeliverAsync(string user, byte[] mail)
    {
        var box = Path.Combine(MailFolder, user);
        foreach (var part in new[] { "tmp", "new", "cur" })
        {
            Directory.CreateDirectory(Path.Combine(box, part));
        }
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        await File.WriteAllBytesAsync(Path.Combine(box, "tmp", name), mail, TestContext.Current.CancellationToken);
        using var chown = Process.Start("chown", ["-R", "mail:mail", box]);
        await chown.WaitForExitAsync();
        File.Move(Path.Combine(box, "tmp", name), Path.Combine(box, "new", name));
    }

    /// <summary>Numbers the mailbox anew, as after a restore of the server.</summary>
    public void Renumber(string user)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(MailFolder, user), "dovecot*"))
        {
            File.Delete(file);
        }
    }

    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await StopAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }
}
