using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tracker.Benchmarks;

/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="Requests">How many were answered.</param>
/// <param name="Cpu">What the server used for one request, microseconds; filled in by whoever knows the server.</param>
sealed record LoadResult(double PerSecond, double P50, double P99, int Requests, double Cpu = 0);

/// <summary>Loads a server on the loopback: each connection sends its next request when the last one is answered (keep-alive, no pipelining).</summary>
static class Load
{
    const int BufferLength = 8 << 10;

    /// <param name="requests">Ready bytes; each connection goes round them from its own start.</param>
    /// <param name="status">Any other one ends the run: a fast error is no result.</param>
    /// <exception cref="InvalidOperationException">The server answered something else, closed, or did not answer within ten seconds.</exception>
    public static async Task<LoadResult> RunAsync(int port, IReadOnlyList<byte[]> requests, int status, int connections, TimeSpan duration)
    {
        using var patience = new CancellationTokenSource(duration + TimeSpan.FromSeconds(10));
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var expected = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}");
        var work = Enumerable.Range(0, connections).Select(c => Task.Run(() => ConnectionAsync(port, requests, c, expected, end, patience.Token)));
        var latencies = (await Task.WhenAll(work)).SelectMany(l => l).ToArray();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(latencies);
        return new(latencies.Length / seconds, At(latencies, 0.50), At(latencies, 0.99), latencies.Length);
    }

    static async Task<List<long>> ConnectionAsync(
        int port, IReadOnlyList<byte[]> requests, int first, byte[] expected, long end, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, ct);
        var latencies = new List<long>(1 << 14);
        var buffer = new byte[BufferLength];
        for (var i = first; ; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            if (sent >= end)
            {
                return latencies;
            }
            await socket.SendAsync(requests[i % requests.Count], ct);
            await ReceiveAsync(socket, buffer, expected, ct);
            latencies.Add(Stopwatch.GetTimestamp() - sent);
        }
    }

    static async Task ReceiveAsync(Socket socket, byte[] buffer, byte[] expected, CancellationToken ct)
    {
        for (var length = 0; ;)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            length += received;
            var answer = buffer.AsSpan(0, length);
            if (received == 0 || (length >= expected.Length && !answer.StartsWith(expected)))
            {
                throw new InvalidOperationException($"Expected {Encoding.ASCII.GetString(expected)}, got: {Encoding.ASCII.GetString(answer)}");
            }
            if (length == Length(answer))
            {
                return;
            }
        }
    }

    /// <returns>-1 while the header section is not complete.</returns>
    static int Length(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return -1;
        }
        var field = answer.IndexOf("Content-Length: "u8);
        var body = 0;
        for (var i = field + "Content-Length: ".Length; field >= 0 && field < head && answer[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            body = body * 10 + answer[i] - '0';
        }
        return head + 4 + body;
    }

    static double At(long[] sorted, double quantile) =>
        sorted.Length == 0 ? 0 : sorted[(int)(quantile * (sorted.Length - 1))] * 1000.0 / Stopwatch.Frequency;
}
