using System.Text.Json.Nodes;
using Tracker.Feed;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Outbox;

/// <summary>What became final: it goes on the feed, and to the rep as a mail.</summary>
public sealed class DeliveryFailures(FeedLog feed, OutboxStore store)
{
    sealed record About
    {
        public string Subject { get; init; } = "";
        public string? MailMessageId { get; init; }
        public string Metadata { get; init; } = "{}";
        public long ProspectId { get; init; }
        public string Rep { get; init; } = "";
    }

    static Task<About?> FindAsync(Session session, long copyId) => session.FirstAsync<About>("""
        select m.subject, m.mail_message_id, m.metadata, c.prospect_id, r.email as rep from copies c join messages m on m.id = c.message_id join reps r on r.id = m.rep_id where c.id = @copyId
        """, new { copyId });

    /// <summary>The outbox gave up. In the transaction that ends the delivery, so that there is exactly one report.</summary>
    public async Task TellAsync(Session session, DeliveryRow failed, string? status, string answer, DateTimeOffset now)
    {
        if (failed.CopyId is not { } copyId || await FindAsync(session, copyId) is not { } about)
        {
            // A report that cannot be delivered is reported no further: that would never end.
            return;
        }
        await FeedAsync(session, about, copyId, failed.MessageId, failed.RepId, failed.Recipient, Ids.Text(failed.Id), status, answer, now);
        var report = DeliveryReport.Build(new(about.Rep, failed.Recipient, about.Subject, about.MailMessageId, failed.Token, status ?? "5.0.0", answer, Times.Of(failed.CreatedAtMs)), now);
        await store.AddAsync(session, new(null, failed.MessageId, failed.RepId, "", about.Rep, report, now), now);
    }

    /// <summary>A later server sent it back; the rep has that server's report already.</summary>
    /// <returns>False when that is known.</returns>
    public async Task<bool> BouncedAsync(Session session, long copyId, string? status, string answer, DateTimeOffset now)
    {
        var delivery = await session.FirstAsync<DeliveryRow>($"select {DeliveryRow.Columns} from deliveries d where d.copy_id = @copyId", new { copyId });
        if (delivery is { State: DeliveryStates.Failed or DeliveryStates.Bounced } || await FindAsync(session, copyId) is not { } about)
        {
            return false;
        }
        if (delivery is not null)
        {
            await OutboxStore.EndAsync(session, delivery.Id, DeliveryStates.Bounced, status, answer, 0, now);
        }
        var copy = await session.FirstAsync<DeliveryRow>(
            "select c.recipient, c.message_id, m.rep_id from copies c join messages m on m.id = c.message_id where c.id = @copyId", new { copyId });
        await FeedAsync(session, about, copyId, copy!.MessageId, copy.RepId, copy.Recipient, delivery is null ? null : Ids.Text(delivery.Id), status, answer, now);
        return true;
    }

    Task FeedAsync(Session session, About about, long copyId, long messageId, long repId, string recipient, string? deliveryId, string? status, string answer, DateTimeOffset now) =>
        feed.AppendAsync(session, [new(FeedTypes.DeliveryFailed, now, repId, about.ProspectId, messageId, new
        {
            deliveryId, copyId = Ids.Text(copyId), messageId = Ids.Text(messageId), prospectId = Ids.Text(about.ProspectId), recipient, about.Subject, at = now, status, answer,
            text = $"“{about.Subject}” did not reach {recipient}: {answer}", metadata = (JsonNode?)MetadataText.Parse(about.Metadata),
        })]);
}
