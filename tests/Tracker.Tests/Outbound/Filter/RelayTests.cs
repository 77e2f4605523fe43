using System.Net.Sockets;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>S6: set up as the documentation says, neither Postfix nor the filter carries a stranger's mail to a third party.</summary>
public sealed class RelayTests
{
    /// <summary>The ways in which open relays have been found: plain, percent, source route, bang, quoted, literal, with a sender of ours.</summary>
    static readonly string[] Recipients =
    [
        "victim@elsewhere.example", "victim%elsewhere.example@mail.example.com", "@mail.example.com:victim@elsewhere.example", "elsewhere.example!victim", "elsewhere.example!victim@mail.example.com",
        "\"victim@elsewhere.example\"", "\"victim%elsewhere.example\"@mail.example.com", "victim@[192.0.2.77]", "victim@elsewhere.example@mail.example.com", "victim%elsewhere.example@[127.0.0.1]",
    ];

    static readonly string[] Senders = ["stranger@elsewhere.example", "rita@example.com", "", "postmaster@mail.example.com"];

    [Fact]
    public async Task A_stranger_gets_nothing_relayed_whatever_they_write()
    {
        await using var world = new Hop();
        // So that a session on loopback is judged as one from there.
        await using var postfix = await RealPostfix.StartAsync(world.Port, more: new("smtpd_authorized_xclient_hosts = 127.0.0.1\nsmtpd_error_sleep_time = 0\nsmtpd_hard_error_limit = 1000"));
        await using var rig = await FilterRig.StartAsync(postfix.Reinjection, [("Tracker:Filter:Listen", $"127.0.0.1:{postfix.Filter}")]);
        using var stranger = await Line.ToAsync(postfix.Front);
        await stranger.AnswerAsync();
        await stranger.AskAsync("EHLO laptop.example.com");
        Assert.StartsWith("220", await stranger.AskAsync("XCLIENT ADDR=203.0.113.9 NAME=[UNAVAILABLE]"), StringComparison.Ordinal);
        await stranger.AskAsync("EHLO stranger.elsewhere.example");
        foreach (var sender in Senders)
        {
            Assert.StartsWith("250", await stranger.AskAsync($"MAIL FROM:<{sender}>"), StringComparison.Ordinal);
            foreach (var recipient in Recipients)
            {
                var answer = await stranger.AskAsync($"RCPT TO:<{recipient}>");
                Assert.True(answer[0] is '4' or '5', $"<{sender}> to <{recipient}>: {answer}");
            }
            Assert.False((await stranger.AskAsync("DATA")).StartsWith('3'));
            await stranger.AskAsync("RSET");
        }
        // The same from this machine itself is what the filter is for.
        await Sender.SendAsync(postfix.Front, [(Sender.Mail(1), ["paul@customer.example"])]);
        await postfix.EmptyAsync(TimeSpan.FromMinutes(2));
        Assert.Single(world.Mails);
    }

    [Fact]
    public async Task Nobody_reaches_the_filter_or_the_port_behind_it_from_outside()
    {
        var outside = OwnAddress.Find();
        await using var world = new Hop();
        await using var postfix = await RealPostfix.StartAsync(world.Port, more: new("inet_interfaces = all"));
        await using var rig = await FilterRig.StartAsync(postfix.Reinjection, [("Tracker:Filter:Listen", $"127.0.0.1:{postfix.Filter}")]);
        foreach (var port in new[] { postfix.Filter, postfix.Reinjection })
        {
            Assert.True(Postfix.Accepts(port));
            using var client = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(outside, port, TestContext.Current.CancellationToken).AsTask());
        }
    }
}
