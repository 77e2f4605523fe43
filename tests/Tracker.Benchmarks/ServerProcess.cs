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

    /// <summary>Until it is thawed it takes no processor time: what it has still to do would slow whoever is measured beside it.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    public Task ThawAsync() => SignalAsync("-CONT");

    async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>All that the process has allocated since its start.</summary>
    public async Task<double> AllocatedBytesAsync()
    {
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Port}") };
        var line = (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n')
            .First(l => l.StartsWith("dotnet_gc_heap_total_allocated_bytes_total", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public static Task<ServerProcess> YardstickAsync(string kind) =>
        StartAsync(Environment.ProcessPath!, port => ["serve", kind, $"{port}"]);

    /// <summary>The product.</summary>
    /// <param name="dataFolder">The caller's; null: one of its own, deleted afterwards.</param>
    /// <param name="more">Further settings, as on the command line.</param>
    public static async Task<ServerProcess> TrackerAsync(string? dataFolder = null, params string[] more) =>
        await StartAsync(await Product.FileAsync(), port => [.. TrackerArguments(port), .. more], dataFolder);

    static IEnumerable<string> TrackerArguments(int port) =>
        ["serve", "--urls", $"http://127.0.0.1:{port}", "--Logging:LogLevel:Default=Warning", "--Tracker:Api:RequestsPerMinute=1000000"];

    /// <summary>Another verb of the product beside the server, on its data.</summary>
    public async Task VerbAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(await Product.FileAsync(), [.. arguments, $"--Tracker:DataFolder={DataFolder}"]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"tracker {arguments[0]} ended with {process.ExitCode}.");
        }
    }

    /// <summary>Starts the server and asks again and again until it answers so, then kills it.</summary>
    /// <returns>Milliseconds since the process was started.</returns>
    public static async Task<double> TimeToAsync(string dataFolder, string path, HttpStatusCode status)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        var program = await Product.FileAsync();
        var started = Stopwatch.GetTimestamp();
        await using var server = new ServerProcess(program, TrackerArguments, dataFolder);
        using var client = new HttpClient(handler) { BaseAddress = new($"http://127.0.0.1:{server.Port}"), Timeout = StartWithin };
        while (Stopwatch.GetElapsedTime(started) < StartWithin)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
                return answer.StatusCode == status
                    ? Stopwatch.GetElapsedTime(started).TotalMilliseconds
                    : throw new InvalidOperationException($"{path} was answered with {answer.StatusCode}.");
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                await Task.Delay(2); // Not listening yet.
            }
        }
        throw new InvalidOperationException($"The server did not answer within {StartWithin.TotalSeconds} s.");
    }

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
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or SocketException)
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
