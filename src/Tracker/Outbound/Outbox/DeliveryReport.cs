using System.Globalization;
using System.Security.Cryptography;
using MimeKit;
using Tracker.Storage;

namespace Tracker.Outbound.Outbox;

/// <param name="Rep">Who is told.</param>
/// <param name="EnvelopeId">As it was given to the mail server.</param>
public sealed record FailedMail(string Rep, string Recipient, string Subject, string? MessageId, string? EnvelopeId, string Status, string Answer, DateTimeOffset QueuedAt);

/// <summary>The mail that tells a rep of one recipient who could not be reached: RFC 3464, in the container of RFC 6522.</summary>
public static class DeliveryReport
{
    public static byte[] Build(FailedMail failed, DateTimeOffset now)
    {
        var domain = failed.Rep[(failed.Rep.LastIndexOf('@') + 1)..];
        var message = new MimeMessage
        {
            Subject = $"Not delivered: {failed.Subject}",
            Date = now,
            MessageId = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}@{domain}",
            Body = new MultipartReport("delivery-status") { Text(failed), Status(failed, domain), Headers(failed) },
        };
        // From the rep's own domain: many mail servers take nothing else from an account.
        message.From.Add(new MailboxAddress("Mail delivery", failed.Rep));
        message.To.Add(new MailboxAddress("", failed.Rep));
        // RFC 3834, 5: so that nobody's absence note answers it. Also how Tracker knows its own report.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-replied");
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        message.WriteTo(RawMail.Unchanged, bytes);
        return bytes.ToArray();
    }

    static TextPart Text(FailedMail failed) => new("plain")
    {
        Text = $"""
            Your mail "{failed.Subject}" could not be delivered to

              {failed.Recipient}

            The mail server said:

              {failed.Answer}

            It was queued at {failed.QueuedAt.ToUniversalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC and will not be tried again. The other recipients, if there are any, are not concerned.
            """.ReplaceLineEndings("\r\n"),
    };

    static MessageDeliveryStatus Status(FailedMail failed, string domain)
    {
        var status = new MessageDeliveryStatus();
        var message = new HeaderList { { "Reporting-MTA", $"dns; {domain}" } };
        if (failed.EnvelopeId is { } id)
        {
            message.Add("Original-Envelope-Id", id);
        }
        status.StatusGroups.Add(message);
        status.StatusGroups.Add(new HeaderList
        {
            { "Final-Recipient", $"rfc822; {OneLine(failed.Recipient)}" },
            { "Action", "failed" },
            { "Status", failed.Status },
            { "Diagnostic-Code", $"smtp; {OneLine(failed.Answer)}" },
        });
        return status;
    }

    // Of the mail itself only what names it: the outbox keeps no more once a delivery has ended.
    static TextRfc822Headers Headers(FailedMail failed)
    {
        var headers = new TextRfc822Headers { Message = new MimeMessage() };
        headers.Message.Headers.Clear();
        headers.Message.Subject = failed.Subject;
        headers.Message.To.Add(new MailboxAddress("", failed.Recipient));
        if (failed.MessageId is { } id)
        {
            headers.Message.Headers.Add("Message-ID", OneLine(id));
        }
        return headers;
    }

    static string OneLine(string text) => string.Join(' ', StoredText.Of(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
