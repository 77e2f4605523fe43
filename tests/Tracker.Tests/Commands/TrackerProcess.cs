using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tracker.Tests.Commands;

/// <summary>What a command said and how it ended.</summary>
public sealed record Ended(int Code, string Out, string Error);

/// <summary>The real executable, as a process of its own in a folder of its own.</summary>
public sealed partial class TrackerProcess : IAsyncDisposable
{
    readonly StringBuilder _out = new(), _error = new();

    TrackerProcess(Process process)
    {
        Process = process;
        process.OutputDataReceived += (_, e) => Add(_out, e.Data);
        process.ErrorDataReceived += (_, e) => Add(_error, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Process Process { get; }

    static void Add(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.Append(line).Append(line is null ? "" : "\n");
        }
    }

    static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    public string Said => Read(_out) + Read(_error);

    /// <param name="folder">The working folder; the data folder is where the program puts it.</param>
    public static TrackerProcess Start(string folder, string? input, params string[] arguments) => Start(folder, input, [], [], arguments);

    /// <param name="wrapper">A program and its arguments to run it under, such as strace.</param>
    /// <param name="environment">Variables for it alone.</param>
    public static TrackerProcess Start(string folder, string? input, string[] wrapper, (string Name, string Value)[] environment, params string[] arguments)
    {
        string[] line = [.. wrapper, "dotnet", Path.Combine(AppContext.BaseDirectory, "tracker.dll"), .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("Tracker__", StringComparison.OrdinalIgnoreCase) || k is "ConnectionStrings__Tracker" or "ASPNETCORE_URLS" or "urls").ToList())
        {
            start.Environment.Remove(name);
        }
        var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return new(process);
    }

    public static async Task<Ended> RunAsync(string folder, string? input, params string[] arguments)
    {
        await using var process = Start(folder, input, arguments);
        return await process.EndAsync(TimeSpan.FromSeconds(60));
    }

    public async Task<Ended> EndAsync(TimeSpan within)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(within);
        try
        {
            await Process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"did not end within {within.TotalSeconds:0} s:\n{Said}");
        }
        return new(Process.ExitCode, Read(_out), Read(_error));
    }

    /// <summary>Serves on a free port and waits until it says where.</summary>
    public static Task<(TrackerProcess Process, Uri Address)> ServeAsync(string folder, params string[] arguments) => ServeAsync(folder, [], [], arguments);

    public static async Task<(TrackerProcess Process, Uri Address)> ServeAsync(string folder, string[] wrapper, (string Name, string Value)[] environment, params string[] arguments)
    {
        var process = Start(folder, null, wrapper, environment, ["serve", "--urls=http://127.0.0.1:0", .. arguments]);
        await Support.Until.TrueAsync(() => process.Process.HasExited || Listening().IsMatch(process.Said), $"tracker listens: {process.Said}");
        Assert.False(process.Process.HasExited, process.Said);
        return (process, new(Listening().Match(process.Said).Groups[1].Value));
    }

    [GeneratedRegex("listens on (http://[^ ,\n]+)")]
    private static partial Regex Listening();

    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync();
        }
        Process.Dispose();
    }
}

/// <summary>A folder to call the program from.</summary>
public abstract class CommandTests : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("tracker-test-").FullName;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected Task<Ended> RunAsync(params string[] arguments) => TrackerProcess.RunAsync(Folder, null, arguments);

    protected async Task<string> OutAsync(params string[] arguments)
    {
        var ended = await RunAsync(arguments);
        Assert.True(ended.Code == 0, $"exit {ended.Code}\n{ended.Out}\n{ended.Error}");
        return ended.Out;
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
