using System.Diagnostics;
using System.Text;

namespace Tracker.Tests.Support;

/// <summary>Runs a program of the system and gives what it says; a missing one skips the test with the reason.</summary>
static class Tool
{
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(20);

    public sealed record Ended(int Code, byte[] Out, string Error)
    {
        public string Text => Encoding.UTF8.GetString(Out);

        public Ended Ok()
        {
            Assert.True(Code == 0, $"ended with {Code}\n{Text}\n{Error}");
            return this;
        }
    }

    /// <param name="program">Its path.</param>
    /// <param name="folder">Working folder, and HOME, so that nobody's own settings matter.</param>
    public static async Task<Ended> RunAsync(string program, string folder, ReadOnlyMemory<byte> input, params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is missing; ./test installs it.");
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["HOME"] = folder, ["LC_ALL"] = "C.UTF-8", ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Longest);
        try
        {
            using var output = new MemoryStream();
            var reading = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token), WriteAsync(process, input, limit.Token));
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await reading;
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, output.ToArray(), error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        await process.StandardInput.BaseStream.WriteAsync(input, ct);
        process.StandardInput.Close();
    }
}

/// <summary>A folder of its own, gone afterwards.</summary>
sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tracker-mail-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
