using Tracker.Outbound.Smtp;
using Tracker.Web;

namespace Tracker.Outbound.Filter;

/// <summary>
/// One connection of the mail server on the front, and one to the next hop behind it. Sender, recipient and everything else of the envelope is asked of the
/// next hop word for word, and its answers are given back word for word; only the mail itself changes on the way. Nothing is queued: what the next
/// hop did not take was not taken.
/// </summary>
public sealed partial class FilterBackend(FilterOptions options, MailFilter filter, SmtpLimits limits, TimeProvider time, TrackerMetrics metrics, ILogger<FilterBackend> log) : SmtpBackend
{
    static readonly SmtpReply Loop = SmtpReply.Of(554, "5.4.6 This mail goes in circles: it has been here before");

    /// <summary>What the next hop offers and we can give on. What it does not offer must not be offered in its name.</summary>
    static readonly string[] GivenOn = ["8BITMIME", "SMTPUTF8", "DSN", "XFORWARD"];

    readonly List<string> _forwards = [];
    NextHop? _hop;
    string _hello = "";
    string _sender = "", _recipient = "";

    // The mail server splits a mail with several recipients: each of them gets a copy of their own.
    public override int MostRecipients => 1;

    public override async Task<SmtpReply> HelloAsync(string line, bool extended, CancellationToken ct)
    {
        // An old HELO is said to the next hop as EHLO: how the mail itself is sent does not differ.
        _hello = "EHLO" + (line.Length > 4 ? line[4..] : " localhost");
        _forwards.Clear();
        return await OrLaterAsync(async () =>
        {
            var answer = await ConnectAsync(ct);
            return extended ? SmtpReply.Of(250, ["tracker", "PIPELINING", "ENHANCEDSTATUSCODES", Size(answer), .. answer.Lines.Select(Keyword).Where(IsGivenOn)]) : SmtpReply.Of(250, "tracker");
        }) is { Code: 250 } reply ? reply
            // Not 451: some clients would go on with HELO.
            : SmtpReply.Of(421, "4.3.0 The next hop cannot be reached, try again later");
    }

    static string Keyword(string line) => line.Length > 4 ? line[4..] : "";

    static bool IsGivenOn(string keyword) => GivenOn.Contains(keyword.Split(' ')[0], StringComparer.OrdinalIgnoreCase);

    string Size(SmtpReply answer) => "SIZE " + answer.Lines.Select(Keyword).Where(k => k.StartsWith("SIZE ", StringComparison.OrdinalIgnoreCase))
        .Select(k => int.TryParse(k.AsSpan(5), out var size) && size > 0 ? size : limits.MessageBytes).Append(limits.MessageBytes).Min();

    /// <summary>Connects and greets; what the client has said of where the mail came from is said again.</summary>
    async Task<SmtpReply> ConnectAsync(CancellationToken ct)
    {
        Drop();
        _hop = await NextHop.ConnectAsync(options.Host, options.Port, limits, ct);
        var answer = await _hop.AskAsync(_hello, ct);
        if (answer.Code != 250)
        {
            throw new IOException($"The next hop answers {answer.Lines[^1]} to EHLO.");
        }
        foreach (var forward in _forwards)
        {
            await _hop.AskAsync(forward, ct);
        }
        return answer;
    }

    public override Task<SmtpReply> OtherAsync(string verb, string line, CancellationToken ct)
    {
        if (verb != "XFORWARD" || _hello.Length == 0)
        {
            return base.OtherAsync(verb, line, ct);
        }
        _forwards.Add(line);
        return AskAsync(line, ct);
    }

    public override async Task<SmtpReply> SenderAsync(EnvelopeCommand command, CancellationToken ct)
    {
        _sender = command.Address;
        if (_hop is not { IsStale: false })
        {
            // It hung up while nothing was going on, as servers do.
            var connected = await OrLaterAsync(async () => await ConnectAsync(ct));
            if (_hop is null)
            {
                return connected;
            }
        }
        return await AskAsync(command.Line, ct);
    }

    public override Task<SmtpReply> RecipientAsync(EnvelopeCommand command, CancellationToken ct)
    {
        _recipient = command.Address;
        return AskAsync(command.Line, ct);
    }

    public override Task<SmtpReply> ResetAsync(CancellationToken ct) => _hop is null ? Task.FromResult(SmtpReply.Ok) : AskAsync("RSET", ct);

    public override async Task<SmtpReply> MailAsync(ReadOnlyMemory<byte> mail, Func<bool> clientIsGone, CancellationToken ct)
    {
        var taken = await TakeAsync(mail, ct);
        if (taken is null or { Outcome: FilterOutcome.Loop } || clientIsGone())
        {
            await ResetAsync(ct);
            metrics.Filtered(taken?.Outcome == FilterOutcome.Loop ? "loop" : "later");
            return taken?.Outcome == FilterOutcome.Loop ? Loop : SmtpReply.Later;
        }
        var reply = await OrLaterAsync(() => _hop!.MailAsync(taken.Pieces, ct));
        metrics.Filtered(reply.IsDone ? Name(taken.Outcome) : reply.Code < 500 ? "later" : "refused by the next hop");
        return reply;
    }

    static string Name(FilterOutcome outcome) => outcome switch
    {
        FilterOutcome.Tracked => "tracked",
        FilterOutcome.Untracked => "untracked",
        FilterOutcome.Internal => "internal",
        FilterOutcome.NoRep => "no rep",
        FilterOutcome.FailedOpen => "failed open",
        _ => "unreadable",
    };

    /// <returns>Null when the mail has to come again later.</returns>
    async Task<FilteredMail?> TakeAsync(ReadOnlyMemory<byte> mail, CancellationToken ct)
    {
        if (_hop is null)
        {
            return null;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            // The driver may not listen to a cancellation, least of all SQLite's; the mail server waits for an answer all the same. The bytes are our
            // caller's and are gone once it has the answer, so the work gets its own.
            var own = mail.ToArray();
            return await Task.Run(() => filter.TakeAsync(own, _sender, _recipient, limit.Token), limit.Token).WaitAsync(options.WorkWithin, time, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it is, it is ours and not the sender's: never a bounce, never silence.
            await limit.CancelAsync();
            LogTrouble(e.Message, options.FailOpen ? "the mail goes on untracked" : "the sender was told to try again later", e);
            return options.FailOpen ? new(FilterOutcome.FailedOpen, [mail]) : null;
        }
    }

    Task<SmtpReply> AskAsync(string line, CancellationToken ct) => OrLaterAsync(() => _hop?.AskAsync(line, ct) ?? Task.FromResult(SmtpReply.Later));

    /// <summary>A next hop that breaks is left, and the sender comes again.</summary>
    async Task<SmtpReply> OrLaterAsync(Func<Task<SmtpReply>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            LogHop(e.Message);
            Drop();
            return SmtpReply.Later;
        }
    }

    void Drop()
    {
        _hop?.Dispose();
        _hop = null;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_hop is { IsStale: false })
        {
            await OrLaterAsync(async () =>
            {
                await _hop.QuitAsync();
                return SmtpReply.Ok;
            });
        }
        Drop();
    }

    [LoggerMessage(EventId = 5101, Level = LogLevel.Error, Message = "A mail could not be instrumented or stored ({Problem}); {What}.")]
    partial void LogTrouble(string problem, string what, Exception exception);

    [LoggerMessage(EventId = 5102, Level = LogLevel.Warning, Message = "The next hop failed ({Problem}); the sender was told to try again later.")]
    partial void LogHop(string problem);
}
