using System.Net;
using System.Text;
using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Whose address a hit is recorded from, and that the address itself is kept nowhere.</summary>
public sealed class ClientAddressTests : IAsyncLifetime
{
    Engine _engine = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _engine = await Engine.SqliteAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    /// <summary>The network that a hit with these X-Forwarded-For lines was recorded from. The peer is 127.0.0.1.</summary>
    static async Task<string> SourceAsync(TestServer server, params string[] forwardedFor)
    {
        var rita = await server.RepClientAsync();
        await using var feed = await FeedClient.OpenAsync(rita);
        await feed.NextAsync("ready");
        var url = new Uri((await rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl"));
        var lines = string.Concat(forwardedFor.Select(f => $"X-Forwarded-For: {f}\n"));
        var answer = await RawHttp.SendAsync(server.Address, $"GET {url.PathAndQuery} HTTP/1.1\nUser-Agent: test\n{lines}");
        Assert.Equal(200, answer.Status);
        var hit = (await feed.NextAsync("hit")).Data.Text("hitId");
        return (await rita.GetAsync($"/hits/{hit}")).Text("facts", "source");
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("127.0.0.1")]
    [InlineData("::1, 10.0.0.1")]
    public async Task A_peer_that_is_not_trusted_speaks_for_itself_only(string spoofed)
    {
        await using var server = await TestServer.StartAsync(_engine, null, ("Tracker:TrustedProxies", "10.0.0.0/8"));
        Assert.Equal("127.0.0.0/24", await SourceAsync(server, spoofed));
    }

    [Fact]
    public async Task The_chain_is_walked_from_the_right_as_far_as_it_is_trusted()
    {
        await using var server = await TestServer.StartAsync(_engine, null, ("Tracker:TrustedProxies", "127.0.0.0/8, 10.0.0.0/8, 2001:db8:ffff::/48"));
        (string Source, string[] Lines)[] chains =
        [
            ("127.0.0.0/24", []),
            ("198.51.100.0/24", ["198.51.100.7"]),
            ("198.51.100.0/24", ["192.0.2.1, 198.51.100.7"]),
            ("198.51.100.0/24", ["192.0.2.1, 198.51.100.7, 10.1.2.3"]),
            ("198.51.100.0/24", ["192.0.2.1", "198.51.100.7", "10.1.2.3, 10.1.2.4"]),
            ("198.51.100.0/24", ["198.51.100.7:4711"]),
            ("198.51.100.0/24", ["::ffff:198.51.100.7"]),
            ("198.51.100.0/24", ["198.51.100.7, 2001:db8:ffff::1"]),
            ("198.51.100.0/24", [" 198.51.100.7 ,  10.1.2.3 "]),
            ("2001:db8:1::/48", ["2001:db8:1:2::3"]),
            ("2001:db8:1::/48", ["[2001:db8:1:2::3]"]),
            ("2001:db8:1::/48", ["[2001:db8:1:2::3]:4711"]),
            ("10.1.2.0/24", ["10.1.2.3"]),
            ("10.1.2.0/24", ["192.0.2.1, unknown, 10.1.2.3"]),
            ("10.1.2.0/24", ["_hidden, 10.1.2.3"]),
            ("127.0.0.0/24", ["192.0.2.1, "]),
        ];
        var found = new List<(string, string)>();
        foreach (var (_, lines) in chains)
        {
            found.Add((string.Join(" | ", lines), await SourceAsync(server, lines)));
        }
        Assert.Equal(chains.Select(c => (string.Join(" | ", c.Lines), c.Source)), found);
    }

    [Fact]
    public async Task No_full_address_is_written_anywhere()
    {
        // Two that stand nowhere else: one of each kind.
        var (four, six) = (IPAddress.Parse("203.0.113.219"), IPAddress.Parse("2001:db8:7a6b:5c4d:3e2f:1a0b:9c8d:7e6f"));
        IReadOnlyCollection<string> log;
        await using (var server = await TestServer.StartAsync(_engine, null, ("Logging:LogLevel:Default", "Debug")))
        {
            var rita = await server.RepClientAsync();
            var copy = (await rita.MailAsync(Mails.Proposal())).At("copies", 0)!;
            var cookie = await server.CookieAsync((await server.RepAsync()).Id);
            foreach (var address in (IPAddress[])[four, six])
            {
                await server.VisitAsync(copy.Text("openUrl"), address: address.ToString());
                await server.VisitAsync(copy.Text("links", 0, "trackedUrl"), address: $"{(address == six ? $"[{address}]" : address)}:4711");
                await server.VisitAsync(copy.Text("openUrl") + "x", address: address.ToString());
                // A rep's page, the recipient's page, a request that fails, one without a key.
                await server.WithCookieAsync(cookie, HttpMethod.Get, "/", null, ("X-Forwarded-For", address.ToString()));
                await server.WithCookieAsync("", HttpMethod.Get, "/api/v1/messages", null, ("X-Forwarded-For", address.ToString()));
                await server.WithCookieAsync("", HttpMethod.Post, copy.Text("optOutUrl") + "x", null, ("X-Forwarded-For", address.ToString()));
                await rita.SendAsync(HttpMethod.Post, "/links", Answers.Json("{"), ("X-Forwarded-For", address.ToString()), ("Idempotency-Key", "k"));
            }
            await Until.TrueAsync(() => server.Database.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from hits") == 4, Ct), "the hits are stored");
            AssertNowhere(four, six);
            log = server.Log;
        }
        AssertNowhere(four, six);
        Assert.NotEmpty(log);
        Assert.DoesNotContain(log, line => line.Contains(four.ToString(), StringComparison.Ordinal) || line.Contains(six.ToString(), StringComparison.Ordinal));
    }

    void AssertNowhere(params IPAddress[] addresses)
    {
        var files = Directory.GetFiles(_engine.DataFolder, "*", SearchOption.AllDirectories);
        Assert.Contains(files, f => f.Contains("journal", StringComparison.Ordinal));
        // The search itself must be able to find something: the network is kept.
        Assert.Contains(files, f => Contains(f, "203.0.113.0/24"u8.ToArray()));
        foreach (var address in addresses)
        {
            var binary = address.GetAddressBytes();
            byte[][] forms = [Encoding.ASCII.GetBytes(address.ToString()), Encoding.Unicode.GetBytes(address.ToString()), binary, [.. binary.Reverse()], address.MapToIPv6().GetAddressBytes(), Encoding.ASCII.GetBytes(Convert.ToHexString(binary)), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(binary))];
            foreach (var (file, form) in from file in files from form in forms select (file, form))
            {
                Assert.False(Contains(file, form), $"{address} is in {file}");
            }
        }
    }

    static bool Contains(string file, byte[] form)
    {
        using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var all = new MemoryStream();
        open.CopyTo(all);
        return all.GetBuffer().AsSpan(0, (int)all.Length).IndexOf(form) >= 0;
    }
}
