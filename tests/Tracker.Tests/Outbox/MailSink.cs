using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tracker.Tests.Outbox;

/// <summary>A mail as it arrived: the envelope, and the bytes with dot-stuffing undone.</summary>
public sealed record Arrived(string Sender, string Recipient, byte[] Mail, string MailFrom, string RcptTo, int Connection)
{
    public string Text => Encoding.Latin1.GetString(Mail);

    public string Header(string name) => Text.Split("\r\n\r\n")[0].Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";
}

/// <summary>A mail server on a socket that answers as the test says and keeps every byte. It takes a mail only when its own 250 could be written.</summary>
public sealed class MailSink : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _ends = new();
    readonly Task _accepting;
    readonly ConcurrentBag<Task> _sessions = [];
    int _connections;

    public MailSink()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<Arrived> Mails { get; } = new();

    /// <summary>Every command as it came.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    public int Connections => _connections;

    public int MostAtOnce { get; private set; }

    /// <summary>After EHLO.</summary>
    public string[] Extensions { get; set; } = ["PIPELINING", "SIZE 100000000", "8BITMIME", "ENHANCEDSTATUSCODES", "DSN", "SMTPUTF8"];

    /// <summary>What RCPT TO is answered with.</summary>
    public Func<string, string> AtRecipient { get; set; } = _ => "250 2.1.5 Ok";

    /// <summary>What the end of the data is answered with; the mail counts as taken when it begins with 2.</summary>
    public Func<string, string> AtEnd { get; set; } = _ => "250 2.0.0 Ok: queued";

    /// <summary>Before the answer to the end of the data.</summary>
    public Func<Task> BeforeTaking { get; set; } = () => Task.CompletedTask;

    int _open;

    async Task AcceptAsync()
    {
        while (!_ends.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_ends.Token);
                var number = Interlocked.Increment(ref _connections);
                _sessions.Add(Task.Run(() => ServeAsync(client, number)));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    async Task ServeAsync(TcpClient client, int number)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _open));
        try
        {
            using (client)
            {
                await TalkAsync(new(client.GetStream()), client.GetStream(), number);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The client was killed: that is what some tests are about.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    async Task TalkAsync(BufferedStream input, NetworkStream output, int number)
    {
        var (from, to) = ("", "");
        var recipients = new List<string>();
        await SayAsync(output, "220 sink.example ESMTP");
        while (await LineAsync(input) is { } bytes)
        {
            var line = Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n');
            Commands.Enqueue(line);
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(output, string.Join("\r\n", Extensions.Prepend("sink.example").Select((e, i) => $"250{(i == Extensions.Length ? ' ' : '-')}{e}")));
                    break;
                case "MAIL":
                    (from, to) = (line, "");
                    recipients.Clear();
                    await SayAsync(output, "250 2.1.0 Ok");
                    break;
                case "RCPT":
                    var answer = AtRecipient(Address(line));
                    if (answer[0] == '2')
                    {
                        to = line;
                        recipients.Add(Address(line));
                    }
                    await SayAsync(output, answer);
                    break;
                case "DATA":
                    await SayAsync(output, recipients.Count == 0 ? "554 5.5.1 No valid recipients" : "354 End data with <CR><LF>.<CR><LF>");
                    if (recipients.Count > 0)
                    {
                        var mail = await DataAsync(input);
                        await BeforeTaking();
                        var end = AtEnd(recipients[0]);
                        if (end[0] == '2')
                        {
                            recipients.ForEach(r => Mails.Enqueue(new(Address(from), r, mail, from, to, number)));
                        }
                        await SayAsync(output, end);
                    }
                    break;
                case "QUIT":
                    await SayAsync(output, "221 2.0.0 Bye");
                    return;
                default:
                    await SayAsync(output, "250 2.0.0 Ok");
                    break;
            }
        }
    }

    static string Address(string command) => command.Split('<', 2)[1].Split('>')[0];

    static async Task<byte[]> DataAsync(Stream input)
    {
        var mail = new MemoryStream();
        while (await LineAsync(input) is { } line)
        {
            if (line is [(byte)'.', (byte)'\r', (byte)'\n'])
            {
                return mail.ToArray();
            }
            mail.Write(line.AsSpan(line[0] == '.' ? 1 : 0));
        }
        throw new IOException("the connection ended within the data");
    }

    /// <summary>Up to and with CR LF; a bare CR or LF is part of the line.</summary>
    static async Task<byte[]?> LineAsync(Stream input)
    {
        var line = new MemoryStream();
        var one = new byte[1];
        while (await input.ReadAsync(one) == 1)
        {
            line.WriteByte(one[0]);
            if (one[0] == '\n' && line.Length > 1 && line.GetBuffer()[line.Length - 2] == '\r')
            {
                return line.ToArray();
            }
        }
        return null;
    }

    static Task SayAsync(NetworkStream output, string text) => output.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n")).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ends.Dispose();
    }
}
