using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tracker.Benchmarks;

/// <summary>A server in a process of its own, on a free loopback port; killed when disposed.</summary>
sealed class ServerProcess : IAsyncDisposable
{
    static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    readonly Process _process;
    readonly TemporaryFolder _folder = new();

    ServerProcess(string executable, Func<int, IEnumerable<string>> arguments, string? dataFolder)
    {
        Port = FreePort();
        DataFolder = dataFolder ?? Path.Combine(_folder.Path, "data");
        var start = new ProcessStartInfo(executable, arguments(Port)) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true };
        start.Environment["Tracker__DataFolder"] = DataFolder;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start.");
        _process.OutputDataReceived += (_, _) => { }; // Read, so that it never blocks on a full pipe.
        _process.BeginOutputReadLine();
    }

    public int Port { get; }

    public string DataFolder { get; }

    public int Id => _process.Id;

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>User and kernel time so far; steadier than throughput on a noisy machine.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Task<ServerProcess> YardstickAsync(string kind) =>
        StartAsync(Environment.ProcessPath!, port => ["serve", kind, $"{port}"]);

    /// <summary>The built product, which lies beside this program because the project refers to it.</summary>
    /// <param name="dataFolder">The caller's; null: one of its own, deleted afterwards.</param>
    public static Task<ServerProcess> TrackerAsync(string? dataFolder = null) => StartAsync(
        Path.Combine(AppContext.BaseDirectory, "tracker"),
        port => ["serve", "--urls", $"http://127.0.0.1:{port}", "--Logging:LogLevel:Default=Warning", "--Tracker:Api:RequestsPerMinute=1000000"], dataFolder);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    static async Task<ServerProcess> StartAsync(string executable, Func<int, IEnumerable<string>> arguments, string? dataFolder = null)
    {
        var server = new ServerProcess(executable, arguments, dataFolder);
        try
        {
            await server.WaitUntilLiveAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    async Task WaitUntilLiveAsync()
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        using var client = new HttpClient(handler) { BaseAddress = new($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(2) };
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < StartWithin; await Task.Delay(20))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode} before it was live.");
            }
            try
            {
                using var answer = await client.GetAsync(new Uri("/health/live", UriKind.Relative));
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Redirect)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }
        }
        throw new InvalidOperationException($"{_process.StartInfo.FileName} was not live within {StartWithin.TotalSeconds} s.");
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
