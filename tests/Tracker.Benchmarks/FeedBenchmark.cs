using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tracker.Domain.Tokens;

namespace Tracker.Benchmarks;

/// <summary>From sending a request for a pixel to its event on an open stream, at a steady thousand a second.</summary>
static class FeedBenchmark
{
    const double P99Limit = 250;
    static int PerSecond => Worlds.Small ? 100 : 1000;

    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5), RunTime = TimeSpan.FromSeconds(15);

    /// <summary>By then a server has compiled what it needs and checked its database; what comes later is told apart.</summary>
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        using var folder = await Worlds.CopyAsync(Worlds.Full);
        var dataFolder = Path.Combine(folder.Path, "data");
        var key = await Worlds.KeyAsync(dataFolder);
        await using var server = await ServerProcess.TrackerAsync(dataFolder);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 256 };
        using var client = new HttpClient(handler) { BaseAddress = new($"http://127.0.0.1:{server.Port}"), Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feed");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var stream = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        stream.EnsureSuccessStatusCode();
        var (sent, seen) = (new ConcurrentDictionary<long, long>(), new ConcurrentQueue<(long Sent, long Seen)>());
        using var ended = new CancellationTokenSource();
        var reading = ReadAsync(stream, sent, seen, ended.Token);
        var started = Stopwatch.GetTimestamp();
        var last = await SendAsync(client, Requests.RingIn(dataFolder), sent, started);
        for (var waited = 0; waited < 300 && !sent.IsEmpty; waited++)
        {
            await Task.Delay(100);
        }
        await ended.CancelAsync();
        await reading;
        double[] Since(TimeSpan from) => [.. seen.Where(s => Stopwatch.GetElapsedTime(started, s.Sent) > from).Select(s => Stopwatch.GetElapsedTime(s.Sent, s.Seen).TotalMilliseconds).Order()];
        var measured = Since(WarmUp);
        return
        [
            new("feed latency", last / (WarmUp + RunTime).TotalSeconds, 0, P50: measured[measured.Length / 2], P99: P99(measured), P99Limit: P99Limit,
                Note: $"{measured.Length:N0} hits of different copies; worst {measured[^1]:0} ms; p99 from {Settled.TotalSeconds:0} s on {P99(Since(Settled)):0} ms; missing {sent.Count}") { Exceeded = !sent.IsEmpty },
        ];
    }

    static double P99(double[] sorted) => sorted[sorted.Length * 99 / 100];

    static async Task<int> SendAsync(HttpClient client, KeyRing ring, ConcurrentDictionary<long, long> sent, long started)
    {
        var open = new List<Task>();
        var copy = 0;
        while (Stopwatch.GetElapsedTime(started) < WarmUp + RunTime)
        {
            for (; copy < Stopwatch.GetElapsedTime(started).TotalSeconds * PerSecond; copy++)
            {
                open.Add(VisitAsync(client, ring, copy + 1, sent));
            }
            await Task.Delay(1);
        }
        await Task.WhenAll(open);
        return copy;
    }

    static async Task VisitAsync(HttpClient client, KeyRing ring, long copy, ConcurrentDictionary<long, long> sent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/o/{TokenCodec.Sign(ring, TokenPurpose.Open, World.Token(copy))}.gif");
        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0");
        request.Headers.TryAddWithoutValidation("Accept", "image/avif,image/webp,*/*;q=0.8");
        sent[copy] = Stopwatch.GetTimestamp();
        using var answer = await client.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"A pixel was answered with {answer.StatusCode}.");
        }
    }

    static async Task ReadAsync(HttpResponseMessage stream, ConcurrentDictionary<long, long> sent, ConcurrentQueue<(long, long)> seen, CancellationToken ct)
    {
        try
        {
            using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(ct));
            var type = "";
            while (await reader.ReadLineAsync(ct) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                {
                    type = line["event: ".Length..];
                }
                else if (type == "hit" && line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    var now = Stopwatch.GetTimestamp();
                    using var data = JsonDocument.Parse(line.AsMemory("data: ".Length));
                    var copy = long.Parse(data.RootElement.GetProperty("copyId").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
                    if (sent.TryRemove(copy, out var at))
                    {
                        seen.Enqueue((at, now));
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // All were seen, or none comes any more.
        }
    }
}
