using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Outbox;

/// <summary>A mail for the outbox.</summary>
/// <param name="CopyId">Null for a report.</param>
/// <param name="Sender">Envelope sender; empty for a report.</param>
public sealed record NewDelivery(long? CopyId, long MessageId, long RepId, string Sender, string Recipient, ReadOnlyMemory<byte> Mime, DateTimeOffset DueAt);

/// <summary>The queue, in the database: what is committed here goes out, whatever happens to the process.</summary>
public sealed class OutboxStore(OutboxSignal signal, Settings.TrackerSettings settings)
{
    public async Task AddAsync(Session session, NewDelivery delivery, DateTimeOffset now)
    {
        var id = await session.ScalarAsync<long>("""
            insert into deliveries (copy_id, message_id, rep_id, kind, sender, recipient, state, created_at_ms, due_at_ms, give_up_at_ms)
            values (@copy, @message, @rep, @kind, @sender, @recipient, 'queued', @now, @due, @giveUp) returning id
            """, new
        {
            copy = delivery.CopyId, message = delivery.MessageId, rep = delivery.RepId, kind = delivery.CopyId is null ? DeliveryRow.Report : DeliveryRow.Copy,
            sender = delivery.Sender, recipient = delivery.Recipient, now = now.Ms(), due = delivery.DueAt.Ms(), giveUp = (delivery.DueAt + settings.Mail.GiveUpAfter).Ms(),
        });
        await session.ExecuteAsync("insert into delivery_mails (delivery_id, mime) values (@id, @mime)", new { id, mime = delivery.Mime.ToArray() });
        session.AfterCommit(signal.Wake);
    }

    public static async Task<DateTimeOffset?> NextDueAsync(Session session) =>
        Times.Of(await session.ScalarAsync<long?>("select min(case when coalesce(claimed_until_ms, 0) > due_at_ms then claimed_until_ms else due_at_ms end) from deliveries where state = 'queued'"));

    /// <summary>Takes what is due for this node. A claim ends by itself, should the node never come back.</summary>
    public static async Task<IReadOnlyList<DeliveryRow>> ClaimAsync(Session session, int node, int most, DateTimeOffset now, TimeSpan lease)
    {
        var ids = await session.QueryAsync<long>("""
            select id from deliveries where state = 'queued' and due_at_ms <= @now and coalesce(claimed_until_ms, 0) <= @now order by due_at_ms, id limit @most
            """, new { now = now.Ms(), most });
        if (ids.Count == 0)
        {
            return [];
        }
        var of = new { ids = ids.ToArray(), node = (long)node, until = (now + lease).Ms() };
        await session.ExecuteAsync("update deliveries set claimed_by = @node, claimed_until_ms = @until where " + session.Dialect.In("id", "@ids"), of);
        return await session.QueryAsync<DeliveryRow>($"""
            select {DeliveryRow.Columns}, r.email as rep, c.token, x.mime
            from deliveries d join reps r on r.id = d.rep_id left join copies c on c.id = d.copy_id join delivery_mails x on x.delivery_id = d.id
            where {session.Dialect.In("d.id", "@ids")}
            """, of);
    }

    /// <summary>What this node had under way when it ended goes on at once.</summary>
    public static Task ReleaseAsync(Session session, int node) =>
        session.ExecuteAsync("update deliveries set claimed_by = null, claimed_until_ms = null where state = 'queued' and claimed_by = @node", new { node = (long)node });

    /// <summary>When the rep may send again; null: now.</summary>
    public async Task<DateTimeOffset?> QuotaFreeAtAsync(Session session, long repId, DateTimeOffset now)
    {
        var oldest = await session.ScalarAsync<long?>("""
            select sent_at_ms from deliveries where rep_id = @repId and sent_at_ms > @since and kind = 'copy' order by sent_at_ms desc limit 1 offset @most
            """, new { repId, since = now.AddHours(-1).Ms(), most = settings.Mail.RepPerHour - 1 });
        return Times.Of(oldest)?.AddHours(1);
    }

    public static async Task SentAsync(Session session, DeliveryRow delivery, string? status, string answer, DateTimeOffset now)
    {
        var of = new { id = delivery.Id, copy = delivery.CopyId, message = delivery.MessageId, status, answer = StoredText.Of(answer), now = now.Ms() };
        await session.ExecuteAsync("""
            update deliveries set state = 'sent', attempts = attempts + 1, claimed_by = null, claimed_until_ms = null, sent_at_ms = @now, ended_at_ms = @now, status = @status, answer = @answer where id = @id
            """, of);
        await session.ExecuteAsync("delete from delivery_mails where delivery_id = @id", of);
        if (delivery.CopyId is not null)
        {
            await session.ExecuteAsync("update copies set sent_at_ms = @now where id = @copy", of);
            await session.ExecuteAsync("update messages set sent_at_ms = coalesce(sent_at_ms, @now) where id = @message", of);
        }
    }

    /// <param name="attempts">0 when the server was not even asked about this mail.</param>
    public static Task AgainAsync(Session session, DeliveryRow delivery, DateTimeOffset at, string? status, string answer, int attempts) => session.ExecuteAsync("""
        update deliveries set due_at_ms = @due, attempts = attempts + @attempts, claimed_by = null, claimed_until_ms = null, status = @status, answer = @answer where id = @id and state = 'queued'
        """, new { id = delivery.Id, due = at.Ms(), attempts = (long)attempts, status, answer = StoredText.Of(answer) });

    public static async Task EndAsync(Session session, long id, string state, string? status, string answer, int attempts, DateTimeOffset now)
    {
        await session.ExecuteAsync("""
            update deliveries set state = @state, attempts = attempts + @attempts, claimed_by = null, claimed_until_ms = null, status = @status, answer = @answer, ended_at_ms = @now where id = @id
            """, new { id, state, attempts = (long)attempts, status, answer = StoredText.Of(answer), now = now.Ms() });
        await session.ExecuteAsync("delete from delivery_mails where delivery_id = @id", new { id });
    }
}
