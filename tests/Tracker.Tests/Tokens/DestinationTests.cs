using System.Net;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Tracker.Domain.Tokens;
using Tracker.Tests.Support;

namespace Tracker.Tests.Tokens;

/// <summary>A link goes where its author said, byte for byte, or is not made.</summary>
public sealed class DestinationTests
{
    static readonly KeyRing Ring = new([new(1, RandomNumberGenerator.GetBytes(KeyRing.SecretLength))]);

    static readonly Gen<string> Parts = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 0, 60], Gen.String[Gen.Char['\u0080', '\uffff'], 0, 60], Gen.String[Gen.Char, 0, 30],
        Among.These("", "?a=1&b=2", "#", "%", "%0d%0a", "%zz", "[::1]", "a@b", "🙂", "\ud83d", "é", "//", ":80"));

    static readonly Gen<string> Urls = Gen.Select(
        Among.These("http://", "https://", "HTTPS://", "hTtP://", "https:/", "ftp://", ""), Among.These("example.com", "xn--bcher-kva.example", "bücher.example", "[::1]:8080", "", "a"), Parts, Parts,
        (scheme, host, path, rest) => scheme + host + path + rest);

    [Fact]
    public void What_may_be_signed_comes_back_byte_for_byte() => Gen.Select(Urls, Gen.UShort, Gen.ULong).Sample((url, link, copy) =>
    {
        if (!Destinations.IsAllowed(url))
        {
            Assert.Throws<ArgumentException>(() => TokenCodec.Sign(Ring, TokenPurpose.Click, new(copy), link, url));
            return;
        }
        var token = TokenCodec.Sign(Ring, TokenPurpose.Click, new(copy), link, url);
        Assert.True(TokenCodec.TryVerify(Ring, TokenPurpose.Click, token, out var content), $"signed, then refused: {string.Join(' ', url.Select(c => ((int)c).ToString("x")))}");
        Assert.Equal((url, link, new CopyId(copy)), (content.Destination, content.Link, content.Copy));
    }, iter: 20_000);

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData("javascript://example.com/%0aalert(1)")]
    [InlineData("java\tscript:alert(1)")]
    [InlineData(" javascript:alert(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("data:text/html;base64,PHNjcmlwdD4=")]
    [InlineData("vbscript:msgbox(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/")]
    [InlineData("gopher://example.com/")]
    [InlineData("blob:https://example.com/1")]
    [InlineData("view-source:https://example.com")]
    [InlineData("about:blank")]
    [InlineData("mailto:a@example.com")]
    [InlineData("tel:+49301234")]
    [InlineData("cid:picture@example.com")]
    [InlineData("ws://example.com")]
    [InlineData("httpx://example.com")]
    [InlineData("https")]
    [InlineData("https:")]
    [InlineData("https:/")]
    [InlineData("https://")]
    [InlineData("http:example.com")]
    [InlineData("https:/example.com")]
    [InlineData("https:///example.com")]
    [InlineData("https:////example.com")]
    [InlineData("https:\\\\example.com")]
    [InlineData("https:/\\example.com")]
    [InlineData("https://\\example.com")]
    [InlineData("https://example.com\\@evil.example")]
    [InlineData("//example.com")]
    [InlineData("\\\\example.com")]
    [InlineData("/\\example.com")]
    [InlineData("///example.com")]
    [InlineData("/local/path")]
    [InlineData("?query")]
    [InlineData("#fragment")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" https://example.com")]
    [InlineData("\thttps://example.com")]
    [InlineData("\u00a0https://example.com")]
    [InlineData("\ufeffhttps://example.com")]
    [InlineData("https://example.com/\r\nSet-Cookie: a=b")]
    [InlineData("https://example.com/\rX: y")]
    [InlineData("https://example.com/\nX: y")]
    [InlineData("https://example.com/\0")]
    [InlineData("https://example.com/\t")]
    [InlineData("https://example.com/\u000b")]
    [InlineData("https://example.com/\u001f")]
    [InlineData("https://example.com/\u007f")]
    [InlineData("https://example.com/a b")]
    [InlineData("ht\ntps://example.com")]
    [InlineData("https://@evil.example")]
    [InlineData("https://:80/")]
    [InlineData("https://?x")]
    [InlineData("https://#x")]
    [InlineData("https://example.com/\ufffd")]
    [InlineData("ｈｔｔｐｓ://example.com")]
    [InlineData("https：//example.com")]
    [InlineData("https:／／example.com")]
    [InlineData("https%3A//example.com")]
    [InlineData("https&#58;//example.com")]
    public void A_hostile_destination_is_refused(string url)
    {
        Assert.False(Destinations.IsAllowed(url));
        Assert.Throws<ArgumentException>(() => TokenCodec.Sign(Ring, TokenPurpose.Click, default, 0, url));
    }

    [Fact]
    public void Half_a_character_is_refused_since_it_could_not_come_back_as_it_went()
    {
        Assert.False(Destinations.IsAllowed("https://example.com/\ud83d"));
        Assert.False(Destinations.IsAllowed("https://example.com/\ude42\ud83d/"));
        Assert.True(Destinations.IsAllowed("https://example.com/\ud83d\ude42"));
    }

    [Fact]
    public void A_destination_beyond_every_limit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TokenCodec.Sign(Ring, TokenPurpose.Click, default, 0, "https://example.com/" + new string('a', 100_000)));
        Assert.False(TokenCodec.TryVerify(Ring, TokenPurpose.Click, new string('A', 100_000), out _));
    }

    [Fact]
    public void A_link_of_the_longest_length_still_works()
    {
        for (var length = 700; length < 1000; length++)
        {
            var url = "https://example.com/" + new string('a', length - 20);
            if (Try(url) is { } token)
            {
                Assert.True(TokenCodec.TryVerify(Ring, TokenPurpose.Click, token, out var content), $"{length} characters: signed, then refused");
                Assert.Equal(url, content.Destination);
            }
        }
    }

    static string? Try(string url)
    {
        try
        {
            return TokenCodec.Sign(Ring, TokenPurpose.Click, default, 0, url);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Allowed, because the author may link where the author likes; here it is seen that each arrives as it was written and splits no header.</summary>
    [Fact]
    public async Task Odd_destinations_are_harmless_and_arrive_byte_for_byte()
    {
        string[] odd =
        [
            "https://example.com/%0d%0aSet-Cookie:%20a=b", "https://example.com/%00", "https://user:secret@example.com/", "https://example.com@other.example/", "http://[::1]/", "http://[::ffff:127.0.0.1]:80/",
            "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://localhost", "https://bücher.example/straße?ä=ö#ü", "https://xn--bcher-kva.example/", "https://еxample.com/", "https://example.com/🙂",
            "https://example.com/\u202egnp.exe", "https://example.com/\u0085\u2028x", "https://ｅxample.com/", "https://example.com/a?b=https://evil.example//\"'<>^`{|}", "HTTPS://EXAMPLE.COM/", "https://example.com/;,:=@&$+!*()",
            "https://example.com./", "https://example.com:99999/", "https://%65xample.com/", "https://example.com?x", "https://example.com#x", "https://a", "https://-", "https://example.com/../../x", "https://example.com/é", "https://example.com/e\u0301",
        ];
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine);
        var ring = (KeyRing)server.Services.GetService(typeof(KeyRing))!;
        foreach (var url in odd)
        {
            var token = TokenCodec.Sign(ring, TokenPurpose.Click, default, 0, url);
            var answer = await RawGetAsync(server.Address, "/c/" + token);
            Assert.StartsWith("HTTP/1.1 302", answer, StringComparison.Ordinal);
            Assert.True(answer.Contains($"\r\nLocation: {url}\r\n", StringComparison.Ordinal), $"{url}\n{answer}");
            Assert.DoesNotContain("Set-Cookie", answer.Replace(url, "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await server.VisitAsync("/c/AAAA")).StatusCode);
    }

    static async Task<string> RawGetAsync(Uri server, string path)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
