using System.Text;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound;

/// <summary>M3 and M5: signatures are made and verified by others, before and after the mail has passed through here.</summary>
public sealed class SignatureTests : IDisposable
{
    const string Python = "/usr/bin/python3", OpenSsl = "/usr/bin/openssl", Gpg = "/usr/bin/gpg";

    /// <summary>Signs or verifies every *.eml of the working folder with one key; a verified name goes to standard output.</summary>
    const string Dkim = """
        import base64, glob, subprocess, sys
        import dkim, nacl.signing
        kind, action = sys.argv[1:]
        if kind == "rsa":
            key = open("rsa.key", "rb").read()
            public = "k=rsa; p=" + base64.b64encode(open("rsa.der", "rb").read()).decode()
        else:
            seed = bytes(range(32))
            key = base64.b64encode(seed)
            public = "k=ed25519; p=" + base64.b64encode(bytes(nacl.signing.SigningKey(seed).verify_key)).decode()
        record = ("v=DKIM1; " + public).encode()
        for path in sorted(glob.glob("*.eml")):
            mail = open(path, "rb").read()
            if action == "sign":
                headers = [h for h in (b"from", b"to", b"subject") if dkim.rfc822_parse(mail)[0] and any(n.lower() == h for n, _ in dkim.rfc822_parse(mail)[0])]
                signature = dkim.sign(mail, b"s1", b"rep.example", key, include_headers=headers, canonicalize=(b"relaxed", b"relaxed"),
                                      signature_algorithm=b"rsa-sha256" if kind == "rsa" else b"ed25519-sha256")
                open(path, "wb").write(signature + mail)
            elif dkim.verify(mail, dnsfunc=lambda name, timeout=5: record):
                print(path)
        """;

    readonly ScratchFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    async Task MakeRsaAsync()
    {
        (await Tool.RunAsync(OpenSsl, _folder.Path, default, "genrsa", "-out", "rsa.key", "-traditional", "2048")).Ok();
        (await Tool.RunAsync(OpenSsl, _folder.Path, default, "rsa", "-in", "rsa.key", "-pubout", "-outform", "DER", "-out", "rsa.der")).Ok();
    }

    async Task<string[]> DkimAsync(string kind, string action) =>
        (await Tool.RunAsync(Python, _folder.Path, Encoding.UTF8.GetBytes(Dkim), "-", kind, action)).Ok().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static byte[] CrLf(byte[] mail) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(mail).ReplaceLineEndings("\r\n"));

    /// <summary>Mails as they go over the wire that have a sender, as signers want.</summary>
    static List<byte[]> Mails(int most) => [.. Corpus.Committed().Concat(Corpus.Installed().Where((_, i) => i % 10 == 0))
        .Select(m => CrLf(m.Mail)).Where(m => !m.AsSpan().StartsWith("From "u8) && Post.Read(m).From is not null && Post.Send(m).Instrumented).Take(most)];

    [Theory]
    [InlineData("rsa")]
    [InlineData("ed25519")]
    public async Task M5_a_signature_made_after_us_holds_and_one_made_before_us_goes_through_whole(string kind)
    {
        await MakeRsaAsync();
        var mails = Mails(Signals.Long.Run ? 400 : 30);
        Assert.True(mails.Count >= 20, $"{mails.Count} mails");
        for (var i = 0; i < mails.Count; i++)
        {
            var copy = Post.Send(mails[i]);
            Assert.True(copy.Instrumented, copy.Reason);
            await File.WriteAllBytesAsync(_folder[$"{i:000}-after.eml"], copy.Bytes.ToArray(), Ct);
            await File.WriteAllBytesAsync(_folder[$"{i:000}-before.eml"], mails[i], Ct);
        }
        await DkimAsync(kind, "sign");
        Assert.Equal(mails.Count * 2, (await DkimAsync(kind, "verify")).Length);

        foreach (var path in Directory.GetFiles(_folder.Path, "*-before.eml"))
        {
            var signed = await File.ReadAllBytesAsync(path, Ct);
            var passed = Post.Send(signed);
            Assert.Equal("the mail is sealed already (DKIM or ARC), and a change would break the seal", passed.Reason);
            await File.WriteAllBytesAsync(path, passed.Bytes.ToArray(), Ct);
            // What a tracker that does not look would send: its signature must be seen to break, or this test shows nothing.
            await File.WriteAllBytesAsync(path.Replace("-before", "-broken", StringComparison.Ordinal), [.. signed, .. "<img>\r\n"u8], Ct);
        }
        var holding = await DkimAsync(kind, "verify");
        Assert.Equal(mails.Count * 2, holding.Length);
        Assert.DoesNotContain(holding, name => name.Contains("broken", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task M3_what_openssl_signed_verifies_after_us(bool detached)
    {
        (await Tool.RunAsync(OpenSsl, _folder.Path, default, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=rita@rep.example")).Ok();
        var part = "Content-Type: text/html; charset=utf-8\r\n\r\n<p><a href=\"https://rep.example/\">offer</a></p>\r\n"u8.ToArray();
        var signed = (await Tool.RunAsync(OpenSsl, _folder.Path, part, ["cms", "-sign", "-signer", "cert.pem", "-inkey", "key.pem", .. detached ? Array.Empty<string>() : ["-nodetach"], "-crlfeol"])).Ok();
        byte[] mail = [.. "From: rita@rep.example\r\nTo: anna@example.com\r\nSubject: Offer\r\n"u8, .. signed.Out];
        var copy = Post.Send(mail);
        Assert.Equal(detached ? "S/MIME-signed mail is passed through untouched" : "S/MIME mail is passed through untouched", copy.Reason);
        Assert.Equal(mail, copy.Bytes.ToArray());
        Assert.Contains("successful", (await VerifyAsync(copy.Bytes)).Ok().Error, StringComparison.Ordinal);
        if (detached)
        {
            Assert.NotEqual(0, (await VerifyAsync(Encoding.Latin1.GetBytes(copy.Text().Replace("https://rep.example/", "https://t.example/", StringComparison.Ordinal)))).Code);
        }
    }

    Task<Tool.Ended> VerifyAsync(ReadOnlyMemory<byte> mail) => Tool.RunAsync(OpenSsl, _folder.Path, mail, "cms", "-verify", "-CAfile", "cert.pem", "-purpose", "any");

    [Fact]
    public async Task M3_what_gpg_signed_verifies_after_us()
    {
        (await GpgAsync(default, "--quick-generate-key", "rita@rep.example", "ed25519", "sign", "never")).Ok();

        // PGP/MIME: the signature covers the part with its headers, line ends included (RFC 3156, 5).
        var part = "Content-Type: text/html; charset=utf-8\r\n\r\n<p><a href=\"https://rep.example/\">offer</a></p>\r\n"u8.ToArray();
        var signature = (await GpgAsync(part, "--armor", "--detach-sign")).Ok().Text.ReplaceLineEndings("\r\n");
        var signed = Post.Mail("From: rita@rep.example\nTo: anna@example.com\nSubject: Offer\nContent-Type: multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\"; boundary=\"b\"\n\n--b\n"
            + Encoding.Latin1.GetString(part) + "\n--b\nContent-Type: application/pgp-signature\n\n" + signature + "\n--b--\n");
        var copy = Post.Send(signed);
        Assert.Equal("PGP-signed mail is passed through untouched", copy.Reason);
        var read = Assert.IsType<MimeKit.Multipart>(MimeKit.MimeMessage.Load(new MemoryStream(copy.Bytes.ToArray()), Ct).Body, exactMatch: false);
        using var again = new MemoryStream();
        await read[0].WriteToAsync(new() { NewLineFormat = MimeKit.NewLineFormat.Dos }, again, Ct);
        await File.WriteAllTextAsync(_folder["signature"], signature, Ct);
        (await GpgAsync(again.ToArray(), "--verify", "signature", "-")).Ok();
        Assert.NotEqual(0, (await GpgAsync((byte[])[.. again.ToArray(), .. "x"u8], "--verify", "signature", "-")).Code);

        // Inline: an armoured text in a body that otherwise looks like any other.
        var inline = (await GpgAsync("See https://rep.example/\n"u8.ToArray(), "--clearsign")).Ok().Text;
        var mail = Post.Mail("From: rita@rep.example\nTo: anna@example.com\nSubject: Offer\nContent-Type: text/plain; charset=utf-8\n\n" + inline);
        var passed = Post.Send(mail, Post.Options with { PlainTextLinks = true });
        Assert.Equal("PGP mail is passed through untouched", passed.Reason);
        Assert.Equal(mail, passed.Bytes.ToArray());
        (await GpgAsync(passed.Bytes, "--verify", "-")).Ok();
    }

    Task<Tool.Ended> GpgAsync(ReadOnlyMemory<byte> input, params string[] arguments) =>
        Tool.RunAsync(Gpg, _folder.Path, input, ["--homedir", _folder.Path, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "", "--yes", .. arguments]);
}
