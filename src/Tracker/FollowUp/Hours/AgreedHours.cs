using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Hours;

/// <summary>With whom this very hour was agreed, by a next step that is still owed.</summary>
public static class AgreedHours
{
    sealed record Row
    {
        public long ProspectId { get; init; }
        public string Reason { get; init; } = "";
        public long DueAtMs { get; init; }
    }

    public static async Task<IReadOnlySet<long>> LoadAsync(Session session, IReadOnlyCollection<long> prospects, DateTimeOffset now) => prospects.Count == 0
        ? new HashSet<long>()
        : (await session.QueryAsync<Row>($"""
            select prospect_id, reason, due_at_ms from obligations
            where {session.Dialect.In("prospect_id", "@ids")} and source = 'step' and settled_at_ms is null and due_at_ms between @from and @to
            """, new { ids = prospects.ToArray(), from = (now - AgreedHour.Around).Ms(), to = (now + AgreedHour.Around).Ms() }))
            .Where(r => AgreedHour.Covers(r.Reason, Times.Of(r.DueAtMs), now)).Select(r => r.ProspectId).ToHashSet();
}
