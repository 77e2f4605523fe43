using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Deploy;

/// <summary>deploy/tracker.service: systemd takes it, finds it hardened, and is told when the service is ready.</summary>
public sealed partial class SystemdUnit : CommandTests
{
    static string Unit => Path.Combine(Architecture.Source.Root, "deploy", "tracker.service");

    static async Task<string> AnalyzeAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("systemd-analyze", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync(Ct);
        var output = await process.StandardOutput.ReadToEndAsync(Ct) + await error;
        await process.WaitForExitAsync(Ct);
        return output;
    }

    [Fact]
    public async Task Systemd_understands_every_line()
    {
        // The program's own path is not on this machine; everything else must be right.
        var unit = Path.Combine(Folder, "tracker.service");
        await File.WriteAllTextAsync(unit, (await File.ReadAllTextAsync(Unit, Ct)).Replace("/opt/tracker/tracker serve", "/bin/true", StringComparison.Ordinal), Ct);
        var said = await AnalyzeAsync("verify", "--man=no", unit);
        Assert.DoesNotContain("tracker.service:", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Little_of_the_machine_is_within_its_reach()
    {
        var said = await AnalyzeAsync("security", "--offline=true", "--no-pager", Unit);
        var exposure = double.Parse(Exposure().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(exposure <= 2.5, said); // systemd's own scale: below 2 is rare, 9.6 is a unit without any protection.
        TestContext.Current.TestOutputHelper?.WriteLine($"systemd-analyze security: exposure {exposure.ToString(CultureInfo.InvariantCulture)} of 10");
    }

    [Fact]
    public async Task It_tells_systemd_when_pixels_and_links_answer_and_when_it_stops()
    {
        var path = Path.Combine(Folder, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        var said = new StringBuilder();
        using var ends = new CancellationTokenSource();
        var listening = Task.Run(async () =>
        {
            var buffer = new byte[4096];
            try
            {
                while (true)
                {
                    var length = await socket.ReceiveAsync(buffer, ends.Token);
                    lock (said)
                    {
                        said.AppendLine(Encoding.UTF8.GetString(buffer, 0, length));
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // Heard enough.
            }
        }, Ct);
        bool Heard(string text)
        {
            lock (said)
            {
                return said.ToString().Contains(text, StringComparison.Ordinal);
            }
        }
        // As systemd starts it: what the unit's environment is, and the process that systemd itself would be is its parent.
        await using var server = TrackerProcess.Start(Folder, null, [], [("NOTIFY_SOCKET", path), ("SYSTEMD_EXEC_PID", "1")], "serve", "--urls=http://127.0.0.1:0");
        await Until.TrueAsync(() => Heard("READY=1"), () => "it says READY=1: " + server.Said, TimeSpan.FromSeconds(60));
        await server.TerminateAsync();
        Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
        Assert.True(Heard("STOPPING=1"));
        await ends.CancelAsync();
        await listening;
    }

    [GeneratedRegex(@"Overall exposure level for [^:]+: ([0-9.]+)")]
    private static partial Regex Exposure();
}
