using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Tracker.Outbound.Outbox;

/// <summary>One connection to a mail server that takes mail for sending.</summary>
public sealed class OutboxClient : SmtpClient
{
    string? _envelopeId;

    /// <summary>Mails handed over on this connection.</summary>
    public int Used { get; private set; }

    /// <param name="sender">Empty: the null sender of reports.</param>
    /// <param name="envelopeId">Comes back in reports of later servers (RFC 3461, 4.4), where the server passes it on; null: none.</param>
    public async Task<string> HandOverAsync(byte[] mail, string sender, string recipient, string? envelopeId, CancellationToken ct)
    {
        var message = RawMail.Of(mail);
        if (!Capabilities.HasFlag(SmtpCapabilities.EightBitMime) && mail.AsSpan().ContainsAnyInRange((byte)0x80, (byte)0xff))
        {
            throw new InvalidDataException("the mail server does not take 8-bit mail (no 8BITMIME), and turning it into 7 bits would change it");
        }
        (_envelopeId, Used) = (envelopeId, Used + 1);
        return await SendAsync(RawMail.Unchanged, message, new MailboxAddress("", sender), [new MailboxAddress("", recipient)], ct);
    }

    protected override string? GetEnvelopeId(MimeMessage message) => _envelopeId;

    // About failures only: a report of every delay would fill the rep's mailbox.
    protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox) =>
        _envelopeId is null ? null : DeliveryStatusNotification.Failure;

    // By default the client rewrites what it takes for unfit; what was instrumented goes out as it is.
    protected override void Prepare(FormatOptions options, MimeMessage message, EncodingConstraint constraint, int maxLineLength)
    {
    }
}
