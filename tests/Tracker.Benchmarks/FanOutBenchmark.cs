using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tracker.Domain.Tokens;

namespace Tracker.Benchmarks;

/// <summary>One hit to many open streams: when the last one has it, and what a stream costs.</summary>
static class FanOutBenchmark
{
    const int Events = 7;
    const double LimitMs = 250;
    const long BytesLimit = 20 << 10;

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        var listeners = Worlds.Small ? 500 : 5000;
        using var folder = await Worlds.CopyAsync(Worlds.Empty);
        var dataFolder = Path.Combine(folder.Path, "data");
        var key = await Worlds.KeyAsync(dataFolder);
        await using var server = await ServerProcess.TrackerAsync(dataFolder);
        var ring = Requests.RingIn(dataFolder);
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        await VisitAsync(client, ring, 1);
        await OpenAsync(server.Port, key, 100, keep: false); // Warms up.
        var before = server.ResidentBytes;
        var sockets = await OpenAsync(server.Port, key, listeners, keep: true);
        var first = (server.ResidentBytes - before) / listeners;
        var times = new List<double>();
        for (var i = 0; i < Events; i++)
        {
            var arriving = sockets.Select(s => UntilHitAsync(s)).ToList();
            var sent = Stopwatch.GetTimestamp();
            await VisitAsync(client, ring, 2 + i);
            await Task.WhenAll(arriving).WaitAsync(TimeSpan.FromSeconds(30));
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }
        // What as many more take is judged: the first ones also fill what all share, pools and the garbage that is not collected yet.
        before = server.ResidentBytes;
        sockets.AddRange(await OpenAsync(server.Port, key, listeners, keep: true));
        var bytes = (server.ResidentBytes - before) / listeners;
        sockets.ForEach(s => s.Dispose());
        return
        [
            new("fan-out", listeners * 1000 / HttpBenchmarks.Median(times, t => t), HttpBenchmarks.Spread(times, t => t), P50: HttpBenchmarks.Median(times, t => t), P99: HttpBenchmarks.Median(times, t => t), P99Limit: LimitMs,
                Note: $"{listeners:N0} listeners; milliseconds from the request until the last one has the event, worst {times.Max():0}; {bytes:N0} bytes for each of as many more, at most {BytesLimit:N0}; {first:N0} for the first ones")
            {
                Exceeded = bytes > BytesLimit,
            },
        ];
    }

    static async Task VisitAsync(HttpClient client, KeyRing ring, long copy)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/o/{TokenCodec.Sign(ring, TokenPurpose.Open, World.Token(copy))}.gif");
        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0");
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    static async Task<List<Socket>> OpenAsync(int port, string key, int count, bool keep)
    {
        var head = Encoding.ASCII.GetBytes($"GET /api/v1/feed HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n");
        var sockets = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(head);
            await UntilAsync(socket, "event: ready"u8.ToArray());
            sockets.Add(socket);
        }
        if (!keep)
        {
            sockets.ForEach(s => s.Dispose());
        }
        return sockets;
    }

    static Task UntilHitAsync(Socket socket) => UntilAsync(socket, "event: hit\n"u8.ToArray());

    static async Task UntilAsync(Socket socket, byte[] wanted)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (buffer.AsSpan(0, length).IndexOf(wanted) < 0)
        {
            // Keeps the end, in which what is wanted may begin.
            var kept = Math.Min(length, wanted.Length);
            buffer.AsSpan(length - kept, kept).CopyTo(buffer);
            var received = await socket.ReceiveAsync(buffer.AsMemory(kept));
            length = kept + received;
            if (received == 0)
            {
                throw new InvalidOperationException("The server ended a stream.");
            }
        }
    }
}
