using System.Globalization;
using System.Net.Sockets;

namespace Tracker.Outbound.Smtp;

/// <summary>Another server, spoken to command by command, so that its own answers can be given on. MailKit sends mails; it does not hand out sessions.</summary>
public sealed class NextHop : IDisposable
{
    /// <summary>Longest line of an answer. RFC 5321 says 512; some servers explain themselves at length.</summary>
    const int MostLine = 4096, MostLines = 200;

    readonly SmtpWire _wire;
    readonly SmtpLimits _limits;

    NextHop(SmtpWire wire, SmtpLimits limits) => (_wire, _limits) = (wire, limits);

    /// <summary>True when the server has hung up, or said something unasked, as it does before it hangs up.</summary>
    public bool IsStale => _wire.HasNews;

    /// <summary>Connects and reads the greeting.</summary>
    /// <exception cref="IOException">It cannot be reached, or the greeting is not 220.</exception>
    /// <exception cref="TimeoutException">It says nothing.</exception>
    public static async Task<NextHop> ConnectAsync(string host, int port, SmtpLimits limits, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var server = new NextHop(new(socket), limits);
        try
        {
            using var within = CancellationTokenSource.CreateLinkedTokenSource(ct);
            within.CancelAfter(TimeSpan.FromSeconds(30));
            await socket.ConnectAsync(host, port, within.Token);
            var greeting = await server.ReadAsync(limits.ServerAnswer, ct);
            return greeting.Code == 220 ? server : throw new IOException($"The next hop greets with {greeting.Lines[^1]}");
        }
        catch (Exception e)
        {
            server.Dispose();
            throw e is OperationCanceledException && !ct.IsCancellationRequested ? new TimeoutException("The next hop does not answer.")
                : e is SocketException ? new IOException(e.Message, e) : e;
        }
    }

    /// <exception cref="IOException">The connection broke, or the answer is none.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public Task<SmtpReply> AskAsync(string command, CancellationToken ct)
    {
        _wire.Write(command);
        return ReadAsync(_limits.ServerAnswer, ct);
    }

    /// <summary>Sends DATA and, when the server wants it, the mail.</summary>
    public async Task<SmtpReply> MailAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken ct)
    {
        var reply = await AskAsync("DATA", ct);
        if (reply.Code != 354)
        {
            return reply;
        }
        await _wire.WriteMailAsync(pieces, _limits.ClientSilence, ct);
        return await ReadAsync(_limits.ServerTakesMail, ct);
    }

    /// <summary>Says goodbye without waiting for the answer.</summary>
    public async Task QuitAsync()
    {
        _wire.Write("QUIT");
        await _wire.FlushAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
    }

    async Task<SmtpReply> ReadAsync(TimeSpan within, CancellationToken ct)
    {
        var lines = new List<string>();
        while (lines.Count < MostLines)
        {
            var line = await LineAsync(within, ct);
            if (line.Length is < 3 or > MostLine || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is < 200 or > 599
                || (line.Length > 3 && line[3] is not (' ' or '-')) || line.AsSpan().ContainsAny('\r', '\n', '\0'))
            {
                throw new IOException("The next hop's answer is not SMTP.");
            }
            lines.Add(line);
            if (line.Length == 3 || line[3] == ' ')
            {
                return new(code, lines);
            }
        }
        throw new IOException($"The next hop's answer has more than {MostLines} lines.");
    }

    async Task<string> LineAsync(TimeSpan within, CancellationToken ct)
    {
        try
        {
            return await _wire.ReadLineAsync(MostLine, within, ct) ?? throw new IOException("The next hop hung up.");
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void Dispose() => _wire.Dispose();
}
