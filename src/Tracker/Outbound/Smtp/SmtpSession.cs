namespace Tracker.Outbound.Smtp;

/// <summary>One connection from its greeting to its end: the order of commands, the limits, the end of data (RFC 5321; pipelining, RFC 2920).</summary>
/// <param name="stopping">Ends the wait for the client, not the work on a mail that is in.</param>
/// <param name="working">Ends the work too.</param>
public sealed partial class SmtpSession(
    SmtpWire wire, SmtpBackend backend, SmtpLimits limits, MemoryBudget budget, TimeProvider time, ILogger log, CancellationToken stopping, CancellationToken working)
{
    static readonly SmtpReply Order = SmtpReply.Of(503, "5.5.1 Not at this point");
    static readonly SmtpReply Syntax = SmtpReply.Of(501, "5.5.4 Syntax: MAIL FROM:<address> or RCPT TO:<address>, then parameters");
    static readonly SmtpReply TooLarge = SmtpReply.Of(552, "5.3.4 The mail is larger than is taken here");

    bool _greeted;
    EnvelopeCommand? _sender;
    int _recipients;
    int _mistakes;

    /// <exception cref="IOException">The connection broke.</exception>
    public async Task RunAsync()
    {
        try
        {
            wire.Write("220 tracker ESMTP");
            while (await wire.ReadLineAsync(limits.CommandBytes - 2, limits.ClientSilence, stopping) is { } line)
            {
                var reply = await GuardedAsync(line);
                if (reply is null)
                {
                    return;
                }
                wire.Write(reply);
                _mistakes += reply.Code is >= 500 and < 504 ? 1 : 0;
                if (reply.EndsSession || _mistakes > limits.Mistakes)
                {
                    await EndAsync(reply.EndsSession ? null : SmtpReply.Of(421, "4.7.0 Too many mistakes"));
                    return;
                }
            }
        }
        catch (TimeoutException)
        {
            await EndAsync(SmtpReply.Of(421, "4.4.2 Nothing came for too long"));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await EndAsync(SmtpReply.Of(421, "4.3.2 Tracker is stopping, try again later"));
        }
    }

    /// <summary>A mistake of ours is told as 451 and in the log, and the client comes back later.</summary>
    /// <returns>Null when the client hung up in the middle of a mail.</returns>
    async Task<SmtpReply?> GuardedAsync(string line)
    {
        try
        {
            return await AnswerAsync(line);
        }
        catch (Exception e) when (e is not (OperationCanceledException or TimeoutException or IOException or System.Net.Sockets.SocketException))
        {
            LogMistake(e);
            Forget();
            return SmtpReply.Later;
        }
    }

    async Task<SmtpReply?> AnswerAsync(string line)
    {
        if (line.Length > limits.CommandBytes - 2)
        {
            return SmtpReply.Of(500, "5.5.2 The command is too long");
        }
        if (line.AsSpan().ContainsAnyInRange('\0', '\x1f') || line.Contains('\x7f', StringComparison.Ordinal))
        {
            return SmtpReply.Of(500, "5.5.2 Control characters in a command; commands end with CR LF");
        }
        var verb = line.Split(' ', 2)[0].ToUpperInvariant();
        switch (verb)
        {
            case "EHLO" or "HELO":
                return await HelloAsync(line, verb == "EHLO");
            case "MAIL":
                return await SenderAsync(line);
            case "RCPT":
                return await RecipientAsync(line);
            case "DATA":
                return await MailAsync(line);
            case "RSET":
                return await ResetAsync();
            case "NOOP":
                return SmtpReply.Ok;
            case "VRFY":
                return SmtpReply.Of(252, "2.5.2 Send some mail, that will show");
            case "QUIT":
                return SmtpReply.Of(221, "2.0.0 Bye");
            default:
                return await backend.OtherAsync(verb, line, working);
        }
    }

    async Task<SmtpReply> HelloAsync(string line, bool extended)
    {
        if (_sender is not null)
        {
            await ResetAsync();
        }
        var reply = await backend.HelloAsync(line, extended, working);
        _greeted |= reply.IsDone;
        return reply;
    }

    async Task<SmtpReply> SenderAsync(string line)
    {
        if (!_greeted || _sender is not null)
        {
            return Order;
        }
        if (EnvelopeCommand.Parse(line, "MAIL FROM:") is not { } command)
        {
            return Syntax;
        }
        if (command.Size > limits.MessageBytes)
        {
            return TooLarge;
        }
        var reply = await backend.SenderAsync(command, working);
        _sender = reply.IsDone ? command : null;
        return reply;
    }

    async Task<SmtpReply> RecipientAsync(string line)
    {
        if (_sender is null)
        {
            return Order;
        }
        if (EnvelopeCommand.Parse(line, "RCPT TO:") is not { } command)
        {
            return Syntax;
        }
        if (_recipients >= backend.MostRecipients)
        {
            return SmtpReply.Of(452, $"4.5.3 A mail has {backend.MostRecipients} recipient{(backend.MostRecipients == 1 ? "" : "s")} here; send it to the others in another one");
        }
        var reply = await backend.RecipientAsync(command, working);
        _recipients += reply.IsDone ? 1 : 0;
        return reply;
    }

    async Task<SmtpReply?> MailAsync(string line)
    {
        if (!line.Equals("DATA", StringComparison.OrdinalIgnoreCase))
        {
            return SmtpReply.Of(501, "5.5.4 DATA takes no parameters");
        }
        if (_recipients == 0)
        {
            return _sender is null ? Order : SmtpReply.Of(554, "5.5.1 No valid recipients");
        }
        var room = Room(_sender!.Size);
        using var taken = await RoomAsync(room);
        if (taken is null)
        {
            await ResetAsync();
            return SmtpReply.Later;
        }
        using var mail = new MailBuffer(room, (int)Math.Min(_sender!.Size ?? 0, room));
        wire.Write("354 End with CR LF . CR LF");
        if (!await wire.ReadMailAsync(mail, limits.ClientSilence, stopping))
        {
            return null;
        }
        if (mail.IsTooLarge)
        {
            await ResetAsync();
            return TooLarge;
        }
        Forget();
        return await backend.MailAsync(mail.Take(), () => wire.IsGone, working);
    }

    /// <summary>An announced size counts line ends as one byte with some senders; more than twice the announced is another mail than was announced.</summary>
    int Room(long? announced) => announced is > 0 and { } size ? (int)Math.Min(limits.MessageBytes, (2 * size) + 65_536) : limits.MessageBytes;

    async Task<IDisposable?> RoomAsync(int bytes)
    {
        try
        {
            return await budget.TakeAsync(bytes, limits.Room, time, stopping);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    async Task<SmtpReply> ResetAsync()
    {
        var needed = _sender is not null;
        Forget();
        return needed ? await backend.ResetAsync(working) : SmtpReply.Ok;
    }

    void Forget() => (_sender, _recipients) = (null, 0);

    async Task EndAsync(SmtpReply? last)
    {
        if (last is not null)
        {
            wire.Write(last);
        }
        await wire.FlushAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "A mail could not be passed on; the sender was told to try again later.")]
    partial void LogMistake(Exception exception);
}
