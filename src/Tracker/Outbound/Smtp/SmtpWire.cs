using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace Tracker.Outbound.Smtp;

/// <summary>
/// One end of a connection: lines and mails in and out. What is written waits until the other side is waited for, so that answers to pipelined commands
/// leave together (RFC 2920). Text is Latin-1, a byte a character, so that every byte can be given on.
/// </summary>
public sealed class SmtpWire(Socket socket) : IDisposable
{
    const int Chunk = 64 * 1024;

    readonly byte[] _in = new byte[Chunk];
    readonly ArrayBufferWriter<byte> _out = new(4096);
    int _at, _end;

    /// <summary>True when the other side has hung up, or has said something that is not read yet.</summary>
    public bool HasNews => _at < _end || IsGone || socket.Available > 0;

    /// <summary>True when the other side has hung up.</summary>
    public bool IsGone
    {
        get
        {
            try
            {
                return _at == _end && socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    /// <summary>Reads up to CR LF, and nothing else ends a line: a bare CR or LF stays in it.</summary>
    /// <returns>Without its CR LF; null when the other side hung up. A line over the limit comes cut, but longer than the limit.</returns>
    /// <exception cref="TimeoutException">Silence.</exception>
    public async Task<string?> ReadLineAsync(int limit, TimeSpan silence, CancellationToken ct)
    {
        var line = new StringBuilder();
        var cr = false;
        while (true)
        {
            while (_at < _end)
            {
                var next = _in[_at++];
                if (cr && next == '\n')
                {
                    return line.ToString(0, line.Length - 1);
                }
                cr = next == '\r';
                if (line.Length <= limit + 1)
                {
                    line.Append((char)next);
                }
                else if (cr)
                {
                    line[^1] = '\r';
                }
            }
            if (!await FillAsync(silence, ct))
            {
                return null;
            }
        }
    }

    /// <returns>False when the other side hung up before the end.</returns>
    /// <exception cref="TimeoutException">Silence.</exception>
    public async Task<bool> ReadMailAsync(MailBuffer mail, TimeSpan silence, CancellationToken ct)
    {
        var decoder = new DataDecoder();
        while (!decoder.Ended)
        {
            if (_at == _end && !await FillAsync(silence, ct))
            {
                return false;
            }
            _at += decoder.Decode(_in.AsSpan(_at, _end - _at), mail);
        }
        return true;
    }

    public void Write(string line)
    {
        Encoding.Latin1.GetBytes(line, _out);
        _out.Write("\r\n"u8);
    }

    public void Write(SmtpReply reply)
    {
        foreach (var line in reply.Lines)
        {
            Write(line);
        }
    }

    /// <summary>Sends a mail with its dots stuffed, and the end.</summary>
    /// <param name="pieces">One after the other they are the mail; each but the last ends with CR LF. No bare CR or LF in them.</param>
    /// <exception cref="TimeoutException">The other side does not read.</exception>
    public async Task WriteMailAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, TimeSpan silence, CancellationToken ct)
    {
        foreach (var piece in pieces)
        {
            for (var at = 0; at < piece.Length;)
            {
                if (piece.Span[at] == '.' && (at == 0 || piece.Span[at - 1] == '\n'))
                {
                    _out.Write("."u8);
                }
                var stuffed = piece.Span[at..].IndexOf("\n."u8);
                var next = Math.Min(at + Chunk, stuffed < 0 ? piece.Length : at + stuffed + 1);
                _out.Write(piece.Span[at..next]);
                at = next;
                if (_out.WrittenCount >= Chunk)
                {
                    await FlushAsync(silence, ct);
                }
            }
        }
        if (pieces is [.., { IsEmpty: false } last] && !last.Span.EndsWith("\r\n"u8))
        {
            _out.Write("\r\n"u8);
        }
        _out.Write(".\r\n"u8);
        await FlushAsync(silence, ct);
    }

    public async Task FlushAsync(TimeSpan silence, CancellationToken ct)
    {
        while (_out.WrittenCount > 0)
        {
            for (var sent = 0; sent < _out.WrittenCount;)
            {
                sent += await WithinAsync(silence, limit => socket.SendAsync(_out.WrittenMemory[sent..], SocketFlags.None, limit), ct);
            }
            _out.ResetWrittenCount();
        }
    }

    async Task<bool> FillAsync(TimeSpan silence, CancellationToken ct)
    {
        await FlushAsync(silence, ct);
        _at = 0;
        _end = 0;
        _end = await WithinAsync(silence, limit => socket.ReceiveAsync(_in.AsMemory(), SocketFlags.None, limit), ct);
        return _end > 0;
    }

    static async Task<int> WithinAsync(TimeSpan silence, Func<CancellationToken, ValueTask<int>> work, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(silence);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing happened for {silence.TotalSeconds:0} s.");
        }
    }

    public void Dispose() => socket.Dispose();
}
