using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tracker.Tests.Outbound.Filter;

namespace Tracker.Benchmarks;

/// <summary>Mail through a real Postfix into smtp-sink: straight, through two queues as with any content filter, and through the filter.</summary>
static partial class FilterBenchmark
{
    /// <summary>The promise S10, on 2 cores.</summary>
    const double Promised = 30;

    const int Mails = 400, Connections = 8, Runs = 3;

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        if (Postfix.Missing is { } reason)
        {
            throw new InvalidOperationException(reason);
        }
        using var sink = new Sink();
        await using var postfix = await Postfix.StartAsync(sink.Port);
        await using var tracker = await ServerProcess.TrackerAsync(null, $"--Tracker:Filter:Listen=127.0.0.1:{postfix.Filter}", $"--Tracker:Filter:NextHop=127.0.0.1:{postfix.Reinjection}");
        await tracker.VerbAsync("reps", "add", "rita@example.com", "--name", "Rita Rep");
        var (direct, twice, filtered, cpu) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await PassAsync(postfix.Front, sink);
        for (var i = 0; i < Runs; i++)
        {
            direct.Add(await PassAsync(postfix.Direct, sink));
            twice.Add(await PassAsync(postfix.Unfiltered, sink));
            var before = tracker.CpuTime;
            filtered.Add(await PassAsync(postfix.Front, sink));
            cpu.Add((tracker.CpuTime - before).TotalMilliseconds / Mails);
        }
        return
        [
            Line("postfix", direct, null, "straight through, one queue"),
            Line("postfix twice", twice, direct, "through two queues, as with any content filter"),
            Line("filter", filtered, direct, $"{Median(filtered.Zip(twice, (f, t) => f / t)):0.00} of the two queues; {Median(cpu):0.0} ms CPU of ours a mail; {Promised} mails/s promised: {(Median(filtered) >= Promised ? "kept" : "MISSED")}"),
        ];
    }

    static Result Line(string name, List<double> runs, List<double>? yardstick, string note) => new(
        name, Median(runs), (runs.Max() - runs.Min()) / Median(runs), yardstick is null ? null : Median(runs.Zip(yardstick, (r, y) => r / y)), Note: note);

    static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    /// <returns>Mails a second, from the first command to the last mail in the sink.</returns>
    static async Task<double> PassAsync(int port, Sink sink)
    {
        var (start, before) = (Stopwatch.GetTimestamp(), sink.Mails);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(c => Task.Run(() => Send(port, c))));
        while (sink.Mails < before + Mails)
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromMinutes(5))
            {
                throw new InvalidOperationException($"Only {sink.Mails - before} of {Mails} mails arrived.");
            }
            await Task.Delay(10);
        }
        return Mails / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static void Send(int port, int connection)
    {
        using var client = new TcpClient { NoDelay = true };
        client.Connect(IPAddress.Loopback, port);
        using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        Expect("220");
        Ask("EHLO laptop.example.com", "250");
        for (var i = 0; i < Mails / Connections; i++)
        {
            Ask("MAIL FROM:<rita@example.com>", "250");
            Ask(string.Create(CultureInfo.InvariantCulture, $"RCPT TO:<reader{connection}.{i}@customer.example>"), "250");
            Ask("DATA", "354");
            Ask(Mail(), "250");
        }
        Ask("QUIT", "221");

        void Ask(string command, string code)
        {
            stream.Write(Encoding.ASCII.GetBytes(command + "\r\n"));
            Expect(code);
        }

        void Expect(string code)
        {
            var line = reader.ReadLine();
            while (line is { Length: > 3 } && line[3] == '-')
            {
                line = reader.ReadLine();
            }
            if (line?.StartsWith(code, StringComparison.Ordinal) != true)
            {
                throw new InvalidOperationException($"expected {code}, was {line}");
            }
        }
    }

    /// <summary>30 KB with 20 links, no two alike.</summary>
    static string Mail() => $"""
        From: Rita Rep <rita@example.com>
        To: undisclosed-recipients:;
        Subject: Offer
        Message-ID: <{Random.Shared.NextInt64():x}@example.com>
        MIME-Version: 1.0
        Content-Type: text/html; charset=utf-8

        <html><body>{string.Concat(Enumerable.Range(0, 20).Select(i => $"<p><a href=\"https://example.com/offer/{i}\">Link {i}</a></p>\n" + string.Concat(Enumerable.Repeat("<p>A paragraph that says nothing but fills its line to the end.</p>\n", 21))))}</body></html>
        .
        """.ReplaceLineEndings("\r\n");

    /// <summary>Postfix's own smtp-sink, counting.</summary>
    sealed partial class Sink : IDisposable
    {
        readonly Process _process;
        int _mails;

        public Sink()
        {
            Port = Postfix.FreePort();
            _process = Process.Start(new ProcessStartInfo("smtp-sink", ["-u", "postfix", "-c", $"127.0.0.1:{Port}", "1000"]) { RedirectStandardOutput = true })!;
            _ = Task.Run(CountAsync);
        }

        public int Port { get; }

        public int Mails => Volatile.Read(ref _mails);

        async Task CountAsync()
        {
            var text = new char[4096];
            var rest = "";
            while (await _process.StandardOutput.ReadAsync(text) is > 0 and var read)
            {
                rest += new string(text, 0, read);
                if (Count().Matches(rest) is [.., var last])
                {
                    Volatile.Write(ref _mails, int.Parse(last.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
                    rest = rest[last.Index..];
                }
            }
        }

        [GeneratedRegex(@"mesg=(\d+)\r")]
        private static partial Regex Count();

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
