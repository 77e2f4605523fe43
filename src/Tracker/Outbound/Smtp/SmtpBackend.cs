namespace Tracker.Outbound.Smtp;

/// <summary>
/// What stands behind one connection: decides who may send to whom and what becomes of the mail. The session before it keeps the order of commands, the
/// limits and the end of data, so nothing here is called out of turn. An answer of 421 ends the connection. What is thrown is told to the client as 451.
/// </summary>
public abstract class SmtpBackend : IAsyncDisposable
{
    /// <summary>Accepted recipients of one mail; the next is told 452.</summary>
    public virtual int MostRecipients => 100;

    /// <param name="line">The whole EHLO or HELO.</param>
    /// <param name="extended">EHLO: the answer's further lines say what is offered.</param>
    public abstract Task<SmtpReply> HelloAsync(string line, bool extended, CancellationToken ct);

    public abstract Task<SmtpReply> SenderAsync(EnvelopeCommand command, CancellationToken ct);

    public abstract Task<SmtpReply> RecipientAsync(EnvelopeCommand command, CancellationToken ct);

    /// <summary>Takes the mail, and with a 2xx the duty to deliver it.</summary>
    /// <param name="mail">Lines end with CR LF and nothing else; no dots stuffed. Not valid after the call.</param>
    /// <param name="clientIsGone">Whether anybody still waits for the answer; a client that is gone sends the mail again.</param>
    public abstract Task<SmtpReply> MailAsync(ReadOnlyMemory<byte> mail, Func<bool> clientIsGone, CancellationToken ct);

    /// <summary>Forget sender and recipients. Also called when a mail was not taken.</summary>
    public abstract Task<SmtpReply> ResetAsync(CancellationToken ct);

    /// <summary>Commands that the session does not know.</summary>
    public virtual Task<SmtpReply> OtherAsync(string verb, string line, CancellationToken ct) =>
        Task.FromResult(SmtpReply.Of(502, "5.5.1 This command is not offered"));

    public abstract ValueTask DisposeAsync();
}
