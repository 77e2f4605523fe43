using System.Net;
using System.Net.Sockets;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>No address that a rep, a program or a mail gives is ever fetched by the server: it only says where to go. A listener counts who comes.</summary>
public sealed class NothingIsFetched() : ApiContract(Engine.SqliteAsync)
{
    /// <summary>This machine and its neighbours, in every writing that some library understands.</summary>
    static readonly string[] Hosts =
    [
        "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "0.0.0.0", "0", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "localhost", "localhost.", "LOCALHOST", "a.localhost", "localhost.localdomain",
        "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[fe80::1]", "[fc00::1]", "[fd00::1]", "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.254",
        "192.168.0.1", "192.168.1.254", "169.254.169.254", "[fd00:ec2::254]", "metadata.google.internal", "100.64.0.1", "100.100.100.200", "198.18.0.1", "224.0.0.1", "255.255.255.255", "127.0.0.1.nip.io",
        "user@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1%2f@127.0.0.1",
    ];

    [Fact]
    public async Task Wherever_an_address_is_given_the_server_does_not_go_there()
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        var came = 0;
        var counting = CountAsync();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var targets = Hosts.SelectMany(h => new[] { $"http://{h}:{port}/", $"https://{h}:{port}/latest/meta-data" }).ToList();
        Assert.True(targets.Count >= 80);

        // In a mail: followed, embedded, imported, announced.
        var html = string.Concat(targets.Select(t => $"<a href=\"{t}\">x</a><img src=\"{t}\"><link rel=\"stylesheet\" href=\"{t}\"><iframe src=\"{t}\"></iframe><style>@import '{t}';</style>\r\n"));
        var message = await Rita.MailAsync($"From: rita@example.com\r\nTo: paul@customer.example\r\nSubject: x\r\nList-Unsubscribe: <{targets[0]}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nDisposition-Notification-To: rita@[127.0.0.1]\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<html><body>{html}</body></html>\r\n");
        await Rita.MailAsync($"From: rita@example.com\r\nTo: paul@customer.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: message/external-body; access-type=URL; URL=\"{targets[0]}\"\r\n\r\nContent-Type: text/html\r\n\r\n");
        Assert.Null(message.At("copies", 0, "reason"));
        var followed = 0;
        foreach (var url in message.At("copies", 0, "links")!.AsArray().Select(l => l!["trackedUrl"]?.GetValue<string>()).OfType<string>())
        {
            using var answer = await Server.VisitAsync(url);
            followed += answer.StatusCode == HttpStatusCode.Found ? 1 : 0;
        }
        Assert.True(followed >= 60, $"only {followed} links lead somewhere");

        // By a program and on the pages.
        var cookie = await Server.CookieAsync(1);
        foreach (var target in targets)
        {
            (HttpMethod, string, object)[] tries =
            [
                (HttpMethod.Post, "/links", new { recipient = new { email = "paul@customer.example" }, url = target }), (HttpMethod.Post, "/links/replace", new { message = message.Text("id"), link = 0, replacement = target }),
                (HttpMethod.Put, "/outbound-options", new { trackingUrl = target }), (HttpMethod.Put, "/prospects", new { email = "paul@customer.example", company = target, metadata = new { site = target } }),
            ];
            foreach (var (method, path, body) in tries)
            {
                using var answer = await Rita.SendAsync(method, path, Answers.Json(body));
                Assert.True((int)answer.StatusCode < 500, $"{path} {target}: {answer.StatusCode}");
            }
            await Server.PostFormAsync(cookie, "/settings", [("track", ""), ("trackingUrl", target)]);
            using var asked = await Server.WithCookieAsync(cookie, HttpMethod.Get, $"/sign-in?next={Uri.EscapeDataString(target)}", null, ("Referer", target), ("Origin", target), ("Host", $"127.0.0.1:{port}"), ("X-Forwarded-Host", $"127.0.0.1:{port}"));
        }
        Assert.Equal(0, came);
        // The counter counts.
        using (var own = new TcpClient())
        {
            await own.ConnectAsync(IPAddress.Loopback, port, Ct);
            await Until.TrueAsync(() => came == 1, "it is counted");
        }
        listener.Stop();
        await counting;

        async Task CountAsync()
        {
            try
            {
                while (true)
                {
                    using var one = await listener.AcceptTcpClientAsync(Ct);
                    Interlocked.Increment(ref came);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test is over.
            }
        }
    }
}
