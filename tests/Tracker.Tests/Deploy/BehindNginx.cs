using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Deploy;

/// <summary>deploy/nginx.conf as it stands, in Debian's nginx, with TLS and two hosts; only names, ports and paths are put in.</summary>
public sealed class BehindNginx : CommandTests
{
    const string TrackingHost = "t.example.com", AppHost = "tracker.example.com";

    async Task<Nginx> NginxAsync(int port, int tls)
    {
        var certificates = Path.Combine(Folder, "tls");
        Directory.CreateDirectory(certificates);
        foreach (var host in (string[])[TrackingHost, AppHost])
        {
            await Nginx.RunAsync("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + host, "-addext", "subjectAltName=DNS:" + host,
                "-keyout", Path.Combine(certificates, host + ".key"), "-out", Path.Combine(certificates, host + ".pem"));
        }
        var shipped = await File.ReadAllTextAsync(Path.Combine(Architecture.Source.Root, "deploy", "nginx.conf"), Ct);
        var own = shipped.Replace("127.0.0.1:5080", $"127.0.0.1:{port}", StringComparison.Ordinal).Replace("listen 443 ssl", $"listen 127.0.0.1:{tls} ssl", StringComparison.Ordinal)
            .Replace("listen 80", $"listen 127.0.0.1:{TcpPorts.Free()}", StringComparison.Ordinal).Replace("/etc/ssl/tracker", certificates, StringComparison.Ordinal)
            .Replace("/var/log/nginx", Folder, StringComparison.Ordinal);
        return await Nginx.StartAsync(Folder, own);
    }

    [Fact]
    public async Task The_tracking_host_gives_pixels_and_links_and_nothing_else_and_the_reader_is_seen_through_the_proxy()
    {
        var (port, tls) = (TcpPorts.Free(), TcpPorts.Free());
        string[] settings = [$"--Tracker:PublicUrl=https://{TrackingHost}:{tls}", "--Tracker:UnknownConsent=track"];
        await OutAsync(["reps", "add", "rita@example.com", "--name", "Rita", .. settings]);
        var key = (await OutAsync(["keys", "create", "--name", "t", "--scope", "send", "--scope", "read", "--rep", "rita@example.com", .. settings])).Trim();
        await using var server = TrackerProcess.Start(Folder, null, ["serve", $"--urls=http://127.0.0.1:{port}", .. settings]);
        await using var nginx = await NginxAsync(port, tls);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            // The names lead nowhere; nginx is on this machine, with a certificate that nobody signed.
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
        });
        string On(string host, string path) => string.Create(CultureInfo.InvariantCulture, $"https://{host}:{tls}{path}");
        await Until.TrueAsync(async () => await StatusAsync(http, On(AppHost, "/health/ready")) == HttpStatusCode.OK, "all of it runs");
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var made = await http.PostAsync(On(AppHost, "/api/v1/messages"), Answers.Json(
            """{"from":"rita@example.com","to":["paul@customer.example"],"subject":"Hi","html":"<a href='https://example.com/a%20b?c=%26&amp;d=%c3%BC+x&amp;u=a%2fb#e'>x</a>"}"""), Ct);
        var copy = (await Answers.JsonAsync(made, HttpStatusCode.Created)).At("copies", 0)!;
        http.DefaultRequestHeaders.Authorization = null;
        using var click = await http.GetAsync(copy.Text("links", 0, "trackedUrl"), Ct);
        Assert.Equal(HttpStatusCode.Found, click.StatusCode);
        Assert.Equal(copy.Text("links", 0, "url"), click.Headers.Location!.OriginalString);
        Assert.Equal("no-store", click.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, copy.Text("openUrl")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, copy.Text("optOutUrl")));
        foreach (var path in (string[])["/", "/api/v1/messages", "/swagger", "/metrics", "/health/ready", "/sign-in/x"])
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, On(TrackingHost, path)));
        }
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, On(TrackingHost, "/health/live")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, On(AppHost, "/metrics")));
        Assert.DoesNotContain("/c/", await File.ReadAllTextAsync(Path.Combine(Folder, "tracker.log"), Ct), StringComparison.Ordinal);

        // A feed comes through unbuffered.
        using var ask = new HttpRequestMessage(HttpMethod.Get, On(AppHost, "/api/v1/feed"));
        ask.Headers.Authorization = new("Bearer", key);
        using var feed = await http.SendAsync(ask, HttpCompletionOption.ResponseHeadersRead, Ct);
        using var reader = new StreamReader(await feed.Content.ReadAsStreamAsync(Ct));
        var first = new[] { await reader.ReadLineAsync(Ct), await reader.ReadLineAsync(Ct), await reader.ReadLineAsync(Ct), await reader.ReadLineAsync(Ct) };
        Assert.Contains("event: ready", first);
    }

    static async Task<HttpStatusCode> StatusAsync(HttpClient http, string url)
    {
        try
        {
            using var answer = await http.GetAsync(url, Ct);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0; // Not listening yet.
        }
    }
}
