using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Tracker.Hits;
using Tracker.Settings;

namespace Tracker.Tests.Hits;

/// <summary>Whose word counts about where a request came from. Trusted here: 10.0.0.0/8, 2001:db8:aaaa::/48 and loopback.</summary>
public sealed class ClientAddressTests
{
    static readonly ClientAddress Clients = new(Settings(("Tracker:TrustedProxies", "10.0.0.0/8, 2001:db8:aaaa::/48, 127.0.0.0/8, ::1")));

    static TrackerSettings Settings(params (string Name, string Value)[] settings) => TrackerSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());

    static DefaultHttpContext Request(string peer, params string[] forwarded)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        if (forwarded.Length > 0)
        {
            http.Request.Headers["X-Forwarded-For"] = forwarded;
        }
        return http;
    }

    [Theory]
    // Who speaks for itself.
    [InlineData("198.51.100.7", null, "198.51.100.7")]
    [InlineData("::ffff:198.51.100.7", null, "198.51.100.7")]
    [InlineData("2001:db8::1", null, "2001:db8::1")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    // A stranger's word about others counts for nothing.
    [InlineData("198.51.100.7", "203.0.113.9", "198.51.100.7")]
    [InlineData("198.51.100.7", "127.0.0.1", "198.51.100.7")]
    [InlineData("198.51.100.7", "10.0.0.1, 10.0.0.2", "198.51.100.7")]
    // A trusted proxy's counts, and what it passes on from a stranger does not.
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "192.0.2.66, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "10.9.9.9, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "192.0.2.66, 203.0.113.9, 10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9,10.0.0.3,10.0.0.2", "203.0.113.9")]
    [InlineData("127.0.0.1", "203.0.113.9, 2001:db8:aaaa::5", "203.0.113.9")]
    [InlineData("2001:db8:aaaa::1", "2001:db8:bbbb::9", "2001:db8:bbbb::9")]
    [InlineData("::1", "::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9")]
    // Everybody is trusted: the farthest there is.
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")]
    // Ports and brackets.
    [InlineData("10.0.0.1", "203.0.113.9:4711", "203.0.113.9")]
    [InlineData("10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9")]
    [InlineData("10.0.0.1", "[2001:db8::9]", "2001:db8::9")]
    [InlineData("10.0.0.1", "  203.0.113.9  ", "203.0.113.9")]
    // Garbage ends the walk at whoever passed it on.
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", ",", "10.0.0.1")]
    [InlineData("10.0.0.1", "unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "_hidden", "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "203.0.113.9, , 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "203.0.113.9;10.0.0.2", "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.999", "10.0.0.1")]
    [InlineData("10.0.0.1", "for=203.0.113.9", "10.0.0.1")]
    [InlineData("10.0.0.1", "\"203.0.113.9\"", "10.0.0.1")]
    [InlineData("10.0.0.1", "1", "10.0.0.1")]
    [InlineData("10.0.0.1", "0x0a000002", "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.9:http", "10.0.0.1")]
    public void The_walk_goes_right_to_left_through_trusted_hops_only(string peer, string? forwarded, string client) =>
        Assert.Equal(IPAddress.Parse(client), Clients.Of(forwarded is null ? Request(peer) : Request(peer, forwarded)));

    [Fact]
    public void Several_header_lines_are_one_list() => Assert.Equal(IPAddress.Parse("203.0.113.9"), Clients.Of(Request("10.0.0.1", "192.0.2.66", "203.0.113.9", "10.0.0.2")));

    [Fact]
    public void A_very_long_list_costs_no_more_than_its_end() =>
        Assert.Equal(IPAddress.Parse("203.0.113.9"), Clients.Of(Request("10.0.0.1", string.Join(',', Enumerable.Repeat("192.0.2.66", 5_000)) + ",203.0.113.9")));

    [Theory]
    [InlineData("10.0.0.1", "https", true)]
    [InlineData("10.0.0.1", "HTTPS", true)]
    [InlineData("10.0.0.1", "http", false)]
    [InlineData("198.51.100.7", "https", false)]
    public void Only_a_trusted_proxy_can_say_that_the_client_speaks_https(string peer, string proto, bool https)
    {
        var http = Request(peer);
        http.Request.Headers["X-Forwarded-Proto"] = proto;
        Assert.Equal(https, Clients.IsHttps(http));
    }

    [Fact]
    public void Somebody_behind_a_proxy_on_this_machine_is_no_local_caller()
    {
        Assert.True(ClientAddress.IsLocalCaller(Request("127.0.0.1")));
        Assert.True(ClientAddress.IsLocalCaller(Request("::1")));
        Assert.False(ClientAddress.IsLocalCaller(Request("127.0.0.1", "203.0.113.9")));
        Assert.False(ClientAddress.IsLocalCaller(Request("198.51.100.7")));
        var http = Request("127.0.0.1");
        http.Request.Headers["Forwarded"] = "for=203.0.113.9";
        Assert.False(ClientAddress.IsLocalCaller(http));
    }
}
