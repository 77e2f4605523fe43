using System.Net.Sockets;
using System.Text;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>One end of a connection in a test: reads lines that end with CR LF, writes what it is given. Latin-1, a byte a character.</summary>
sealed class Line(TcpClient client) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly BufferedStream _in = new(client.GetStream(), 64 * 1024);

    public static async Task<Line> ToAsync(int port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(System.Net.IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        return new(client);
    }

    /// <returns>Null at the end of the connection.</returns>
    public Task<string?> ReadAsync() => Task.Run(() =>
    {
        client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var line = new StringBuilder();
        try
        {
            for (var next = _in.ReadByte(); next >= 0; next = _in.ReadByte())
            {
                line.Append((char)next);
                if (next == '\n' && line.Length > 1 && line[^2] == '\r')
                {
                    return line.ToString(0, line.Length - 2);
                }
            }
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // Hung up without a goodbye.
        }
        return line.Length == 0 ? null : line.ToString();
    });

    /// <summary>All lines of an answer.</summary>
    public async Task<string> AnswerAsync()
    {
        var all = new StringBuilder();
        while (await ReadAsync() is { } line)
        {
            all.Append(line);
            if (line.Length < 4 || line[3] == ' ')
            {
                return all.ToString();
            }
            all.Append('\n');
        }
        return all.Append("(hung up)").ToString();
    }

    public async Task<string> AskAsync(string command)
    {
        await WriteAsync(command + "\r\n");
        return await AnswerAsync();
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);

    public void Dispose() => client.Dispose();
}
