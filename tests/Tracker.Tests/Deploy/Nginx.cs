using System.Diagnostics;

namespace Tracker.Tests.Deploy;

/// <summary>Debian's nginx with a configuration of the test's, in the foreground as the test's own child.</summary>
sealed class Nginx(Process process) : IAsyncDisposable
{
    /// <param name="folder">For its files and logs.</param>
    /// <param name="http">What stands in the http block.</param>
    public static async Task<Nginx> StartAsync(string folder, string http)
    {
        var file = Path.Combine(folder, "nginx.conf");
        var temporary = string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(n => $"{n}_temp_path {folder}/{n};\n"));
        await File.WriteAllTextAsync(
            file, $"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n{temporary}{http}\n}}\n", TestContext.Current.CancellationToken);
        await RunAsync("nginx", "-t", "-q", "-c", file);
        return new(Process.Start(new ProcessStartInfo("nginx", ["-c", file]))!);
    }

    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, $"{program}: {error}");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
