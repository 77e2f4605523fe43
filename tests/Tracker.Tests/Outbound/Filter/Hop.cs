using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tracker.Tests.Outbound.Filter;

/// <param name="Raw">As it came over the wire, dots stuffed, up to and including the last CR LF before the dot.</param>
sealed record HopMail(string Sender, string Recipient, string Raw)
{
    /// <summary>With its dots unstuffed, by lines, unlike the code under test.</summary>
    public byte[] Mail => Encoding.Latin1.GetBytes(string.Join("\r\n", Raw.Split("\r\n").Select(l => l.StartsWith('.') ? l[1..] : l)));

    /// <summary>Without the line that says that the mail was here.</summary>
    public byte[] Unmarked => Encoding.Latin1.GetString(Mail) is var text && text.StartsWith("X-Tracker-Pass: ", StringComparison.Ordinal)
        ? Encoding.Latin1.GetBytes(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]) : Mail;
}

/// <summary>A next hop that takes everything and keeps it. Strict: only CR LF ends a line.</summary>
sealed class Hop : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly Task _accepting;

    public Hop()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<HopMail> Mails { get; } = [];

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var line = new Line(client);
        try
        {
            await line.WriteAsync("220 hop.example\r\n");
            var (sender, recipient) = ("", "");
            while (await line.ReadAsync() is { } command)
            {
                switch (command.Split(' ', ':')[0].ToUpperInvariant())
                {
                    case "EHLO":
                        await line.WriteAsync("250-hop.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250 SIZE 200000000\r\n");
                        continue;
                    case "MAIL":
                        sender = command;
                        break;
                    case "RCPT":
                        recipient = command;
                        break;
                    case "DATA":
                        await line.WriteAsync("354 go on\r\n");
                        Mails.Enqueue(new(sender, recipient, await RawAsync(line)));
                        break;
                }
                await line.WriteAsync("250 2.0.0 taken\r\n");
            }
        }
        catch (IOException)
        {
            // The filter hung up.
        }
    }

    static async Task<string> RawAsync(Line line)
    {
        var raw = new StringBuilder();
        while (await line.ReadAsync() is { } text && text != ".")
        {
            raw.Append(text).Append("\r\n");
        }
        return raw.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }
}
