using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tracker.Benchmarks;

/// <summary>The product as it is deployed: published once for each run of this program, as deploy/README.md says; only the runtime is the machine's.</summary>
static class Product
{
    static readonly Lazy<Task<string>> Published = new(PublishAsync);

    /// <summary>The executable.</summary>
    public static Task<string> FileAsync() => Published.Value;

    static async Task<string> PublishAsync()
    {
        Console.Error.WriteLine("  publishing the product…");
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        using var dotnet = Process.Start(new ProcessStartInfo("dotnet",
            ["publish", SourceFolder(), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--no-self-contained", "--artifacts-path", Path.Combine(folder.Path, "work"), "-o", Path.Combine(folder.Path, "tracker")])
        { RedirectStandardOutput = true })!;
        var said = await dotnet.StandardOutput.ReadToEndAsync();
        await dotnet.WaitForExitAsync();
        return dotnet.ExitCode == 0 ? Path.Combine(folder.Path, "tracker", "tracker") : throw new InvalidOperationException(said);
    }

    static string SourceFolder([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "src", "Tracker"));
}
