using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>Requests that never end, are far too large, or stay for ever take nothing from a prospect who clicks, and little memory.</summary>
public sealed class Crowded(ITestOutputHelper output) : CommandTests
{
    const int Slow = 500, Streams = 300, Large = 10, Clicks = 1_000;
    const long MostBytes = 512L << 20;

    [Fact]
    public async Task Every_click_lands_beside_slow_huge_and_staying_requests()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var key = (await OutAsync("keys", "create", "--name", "t", "--scope", "send", "--scope", "read", "--rep", "rita@example.com")).Trim();
        var (server, address) = await TrackerProcess.ServeAsync(Folder);
        await using (server)
        {
            var url = (await new ApiClient(address, key).MailAsync(Mails.Proposal())).Text("copies", 0, "links", 0, "trackedUrl");
            var open = new List<Socket>();
            try
            {
                foreach (var path in (string[])["/", "/c/x", "/api/v1/messages", new Uri(url).PathAndQuery])
                {
                    for (var i = 0; i < Slow / 4; i++)
                    {
                        open.Add(await SayAsync(address, $"{(i % 2 == 0 ? "GET" : "POST")} {path} HTTP/1.1\r\nHost: t\r\nContent-Length: 20000000\r\n{(i % 3 == 0 ? "\r\nx" : "X-Slow: ")}"));
                    }
                }
                for (var i = 0; i < Streams; i++)
                {
                    open.Add(await SayAsync(address, $"GET /api/v1/feed HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {(i % 3 == 0 ? "none" : key)}\r\n\r\n"));
                }
                var huge = Task.WhenAll(Enumerable.Range(0, Large).Select(_ => HugeAsync(address)));
                var took = new ConcurrentBag<double>();
                using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 8 });
                await Parallel.ForEachAsync(Enumerable.Range(0, Clicks), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct }, async (_, ct) =>
                {
                    var began = Stopwatch.GetTimestamp();
                    using var answer = await http.GetAsync(url, ct);
                    took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                    Assert.Equal((HttpStatusCode.Found, "https://example.com/pricing"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
                });
                Assert.All(await huge, answer => Assert.Contains(answer, (string[])["431", "414", "400", "closed"]));
                server.Process.Refresh();
                output.WriteLine($"{Clicks} clicks: p99 {took.Order().ElementAt(Clicks * 99 / 100):0} ms; {server.Process.WorkingSet64 >> 20} MiB beside {open.Count} open connections");
                Assert.True(server.Process.WorkingSet64 < MostBytes, $"{server.Process.WorkingSet64 >> 20} MiB");
            }
            finally
            {
                open.ForEach(s => s.Dispose());
            }
        }
    }

    static async Task<Socket> SayAsync(Uri address, string text)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, Ct);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), Ct);
        return socket;
    }

    /// <summary>Ten megabytes of header. What is answered, or that the server hung up.</summary>
    static async Task<string> HugeAsync(Uri address)
    {
        using var socket = await SayAsync(address, "GET / HTTP/1.1\r\nHost: t\r\nX-Huge: ");
        var block = Encoding.ASCII.GetBytes(new string('x', 100_000));
        try
        {
            for (var i = 0; i < 100; i++)
            {
                await socket.SendAsync(block, Ct);
            }
            var answer = new byte[64];
            var read = await socket.ReceiveAsync(answer, Ct);
            return read == 0 ? "closed" : Encoding.ASCII.GetString(answer, 9, 3);
        }
        catch (SocketException)
        {
            return "closed";
        }
    }
}
