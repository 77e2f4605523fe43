using Tracker.Storage;

namespace Tracker.Outbound.Outbox;

/// <summary>How many copies of a message are still waiting, and how many did not arrive.</summary>
public sealed record DeliveryCounts(long Waiting, long Failed)
{
    sealed record Row
    {
        public long MessageId { get; init; }
        public long Waiting { get; init; }
        public long Failed { get; init; }
    }

    /// <returns>By message; those that were not given to the outbox are left out.</returns>
    public static async Task<IReadOnlyDictionary<long, DeliveryCounts>> OfAsync(Session session, IReadOnlyCollection<long> messageIds) => (await session.QueryAsync<Row>($"""
        select message_id, cast(sum(case when state = 'queued' then 1 else 0 end) as bigint) as waiting, cast(sum(case when state in ('failed', 'bounced') then 1 else 0 end) as bigint) as failed
        from deliveries where kind = 'copy' and {session.Dialect.In("message_id", "@ids")} group by message_id
        """, new { ids = messageIds.ToArray() })).ToDictionary(r => r.MessageId, r => new DeliveryCounts(r.Waiting, r.Failed));
}
