using System.Diagnostics;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>A signature made on the listener behind the filter holds when the mail arrives.</summary>
public sealed class DkimTests
{
    sealed class Key(AsymmetricKeyParameter key) : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) => key;

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) => Task.FromResult(key);
    }

    [Fact]
    public async Task Signed_behind_the_filter_the_signature_holds()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/opendkim"), "OpenDKIM is not installed; ./test installs it.");
        var folder = Directory.CreateTempSubdirectory("tracker-dkim-").FullName;
        var port = Postfix.FreePort();
        await Postfix.RunAsync("openssl", "genrsa", "-traditional", "-out", Path.Combine(folder, "key.pem"), "2048");
        await File.WriteAllTextAsync(Path.Combine(folder, "opendkim.conf"), $"""
            Mode s
            Domain example.com
            Selector test
            KeyFile {folder}/key.pem
            Socket inet:{port}@127.0.0.1
            InternalHosts 127.0.0.1
            Canonicalization relaxed/simple
            Background no
            UserID root
            RequireSafeKeys no
            """, TestContext.Current.CancellationToken);
        using var opendkim = Process.Start(new ProcessStartInfo("/usr/sbin/opendkim", ["-f", "-x", Path.Combine(folder, "opendkim.conf")]) { RedirectStandardError = true })!;
        try
        {
            await Until.TrueAsync(() => Postfix.Accepts(port), "OpenDKIM listens");
            await using var world = new Hop();
            await using var postfix = await RealPostfix.StartAsync(world.Port, dkim: port);
            await using var rig = await FilterRig.StartAsync(postfix.Reinjection, [("Tracker:Filter:Listen", $"127.0.0.1:{postfix.Filter}")]);
            await Sender.SendAsync(postfix.Front, [(Sender.Mail(1), ["paul@customer.example"])]);
            await postfix.EmptyAsync(TimeSpan.FromMinutes(2));

            var arrived = Assert.Single(world.Mails).Mail;
            var message = await MimeMessage.LoadAsync(new MemoryStream(arrived), TestContext.Current.CancellationToken);
            Assert.Contains("/c/", message.HtmlBody, StringComparison.Ordinal);
            var signature = message.Headers.Single(h => h.Id == HeaderId.DkimSignature);
            using var pem = new StreamReader(Path.Combine(folder, "key.pem"));
            var pair = (AsymmetricCipherKeyPair)new Org.BouncyCastle.OpenSsl.PemReader(pem).ReadObject();
            var verifier = new DkimVerifier(new Key(new RsaKeyParameters(false, ((RsaPrivateCrtKeyParameters)pair.Private).Modulus, ((RsaPrivateCrtKeyParameters)pair.Private).PublicExponent)));
            Assert.True(await verifier.VerifyAsync(message, signature, TestContext.Current.CancellationToken));
        }
        finally
        {
            if (!opendkim.HasExited)
            {
                opendkim.Kill();
                await opendkim.WaitForExitAsync(CancellationToken.None);
            }
            Directory.Delete(folder, recursive: true);
        }
    }
}
