using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>Ports, processes, patience.</summary>
sealed partial class Postfix
{
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool Accepts(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static async Task RunAsync(string command, params string[] arguments)
    {
        var (code, output) = await ExecuteAsync(command, arguments);
        Expect(code == 0, $"{command} {string.Join(' ', arguments)}: {output}");
    }

    static async Task<string> OutputAsync(string command, params string[] arguments) => (await ExecuteAsync(command, arguments)).Output;

    static async Task<(int Code, string Output)> ExecuteAsync(string command, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    static void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
