using System.Globalization;
using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Filter;

/// <summary>
/// Stores what goes through the filter before it goes. Deliveries come one recipient at a time and are repeated after trouble, so a mail is found again by
/// its content: the next recipient's copy joins the same message, a repeated delivery gets the copy it had.
/// </summary>
static class FilterStore
{
    /// <returns>The copy that an earlier delivery of this mail to this recipient was given; null when there was none.</returns>
    public static async Task<CopyId?> CopyAsync(Session session, string contentKey, string recipient) =>
        await session.FirstAsync<string>(
            "select c.token from copies c join messages m on m.id = c.message_id where m.content_key = @contentKey and c.recipient = @email order by c.id",
            new { contentKey, email = Emails.Key(recipient) }) is { } token
            ? new CopyId(UInt128.Parse(token, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            : null;

    /// <summary>Stores the copy, or finds it stored, and notes that it goes out now.</summary>
    /// <returns>The copy that stands: another than the given one when a delivery at the same time was faster.</returns>
    public static async Task<CopyId> PutAsync(Session session, string contentKey, Rep rep, OutboundMail mail, MadeCopy copy, PublicAddress address, OutboundOptions options, DateTimeOffset now)
    {
        var messageId = await session.FirstAsync<long?>("select id from messages where content_key = @contentKey", new { contentKey });
        if (messageId is null)
        {
            var row = new NewMessageRow(rep, MessageStore.Mail, mail.Subject, mail.From, mail.MessageId, mail.TextFingerprint, [], now, options);
            (messageId, _) = await MessageStore.AddAsync(session, row, [copy], address, now);
            await session.ExecuteAsync("update messages set content_key = @contentKey where id = @messageId", new { contentKey, messageId });
            await SentAsync(session, messageId.Value, copy.Id, now);
            return copy.Id;
        }
        if (await CopyAsync(session, contentKey, copy.Recipient.Address) is { } stored)
        {
            await SentAsync(session, messageId.Value, stored, now);
            return stored;
        }
        await MessageStore.AddCopyAsync(session, messageId.Value, rep, copy, address, now);
        await SentAsync(session, messageId.Value, copy.Id, now);
        return copy.Id;
    }

    // A delivery that is repeated goes out later than it was thought to; the other recipients' copies are where they are.
    static Task<int> SentAsync(Session session, long messageId, CopyId copy, DateTimeOffset now) =>
        session.ExecuteAsync("update copies set sent_at_ms = @now where message_id = @messageId and token = @token", new { messageId, token = copy.ToString(), now = now.Ms() });
}
