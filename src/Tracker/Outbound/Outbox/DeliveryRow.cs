using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Outbox;

/// <summary>States of a delivery, as stored and told.</summary>
public static class DeliveryStates
{
    /// <summary>Waiting for its time, its turn or another try.</summary>
    public const string Queued = "queued";

    /// <summary>Handed over: the mail server has taken it.</summary>
    public const string Sent = "sent";

    /// <summary>Refused for good, or tried for as long as the settings say.</summary>
    public const string Failed = "failed";

    public const string Cancelled = "cancelled";

    /// <summary>Handed over, and a later server has sent it back.</summary>
    public const string Bounced = "bounced";

    public static readonly IReadOnlyList<string> All = [Queued, Sent, Failed, Cancelled, Bounced];
}

/// <param name="DueAt">The next attempt; null when there is none.</param>
/// <param name="SentAt">When the mail server took it.</param>
/// <param name="Status">Enhanced status code (RFC 3463) of the last answer, such as 5.1.1.</param>
/// <param name="Answer">What the mail server said last, or why there was no answer.</param>
public sealed record DeliveryView(
    string Id, string? CopyId, string MessageId, string Recipient, string State, long Attempts, DateTimeOffset CreatedAt, DateTimeOffset? DueAt, DateTimeOffset? SentAt, DateTimeOffset? EndedAt,
    string? Status, string? Answer);

/// <summary>One mail to one recipient, as the outbox works with it.</summary>
public sealed record DeliveryRow
{
    public const string Copy = "copy", Report = "report";

    public const string Columns = """
        d.id, d.copy_id, d.message_id, d.rep_id, d.kind, d.sender, d.recipient, d.state, d.attempts, d.created_at_ms, d.due_at_ms, d.give_up_at_ms, d.claimed_until_ms, d.status, d.answer,
        d.sent_at_ms, d.ended_at_ms
        """;

    public long Id { get; init; }
    public long? CopyId { get; init; }
    public long MessageId { get; init; }
    public long RepId { get; init; }
    public string Kind { get; init; } = "";
    public string Sender { get; init; } = "";
    public string Recipient { get; init; } = "";
    public string State { get; init; } = "";
    public long Attempts { get; init; }
    public long CreatedAtMs { get; init; }
    public long DueAtMs { get; init; }
    public long GiveUpAtMs { get; init; }
    public long? ClaimedUntilMs { get; init; }
    public string? Status { get; init; }
    public string? Answer { get; init; }
    public long? SentAtMs { get; init; }
    public long? EndedAtMs { get; init; }
    public string Rep { get; init; } = "";
    public string? Token { get; init; }
    public byte[] Mime { get; init; } = [];

    public DeliveryView ToView() => new(
        Ids.Text(Id), CopyId is { } copy ? Ids.Text(copy) : null, Ids.Text(MessageId), Recipient, State, Attempts, Times.Of(CreatedAtMs), State == DeliveryStates.Queued ? Times.Of(DueAtMs) : null,
        Times.Of(SentAtMs), Times.Of(EndedAtMs), Status, Answer);

    /// <returns>By copy, in no order.</returns>
    public static Task<IReadOnlyList<DeliveryRow>> OfMessageAsync(Session session, long messageId) =>
        session.QueryAsync<DeliveryRow>($"select {Columns} from deliveries d where d.message_id = @messageId and d.kind = 'copy'", new { messageId });
}
