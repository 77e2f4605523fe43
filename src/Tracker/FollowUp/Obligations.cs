using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <summary>What is owed to a prospect until it is settled.</summary>
/// <param name="PromptId">The prompt it comes from.</param>
/// <param name="DueAt">From then on it is owed.</param>
public sealed record Obligation(long ProspectId, long RepId, long? PromptId, string Kind, string Reason, DateTimeOffset DueAt);

public sealed record ObligationView(string Id, string Kind, string Reason, DateTimeOffset DueAt, string? PromptId);

/// <summary>What a rep owes to whom, in a list of the day.</summary>
public sealed record DueObligation(string Id, long ProspectId, string Kind, string Reason, DateTimeOffset DueAt);

public static class Obligations
{
    sealed record Row
    {
        public long Id { get; init; }
        public long ProspectId { get; init; }
        public string Kind { get; init; } = "";
        public string Reason { get; init; } = "";
        public long DueAtMs { get; init; }
        public long? PromptId { get; init; }
    }

    public static Task AddAsync(Session session, Obligation owed, DateTimeOffset now) => session.ExecuteAsync("""
        insert into obligations (prospect_id, rep_id, prompt_id, kind, reason, due_at_ms, created_at_ms)
        values (@prospect, @rep, @prompt, @kind, @reason, @due, @now)
        """, new { prospect = owed.ProspectId, rep = owed.RepId, prompt = owed.PromptId, kind = owed.Kind, reason = owed.Reason, due = owed.DueAt.Ms(), now = now.Ms() });

    /// <summary>An outcome settles everything that the rep owed until then; the next step it brings is owed anew.</summary>
    public static Task SettleAsync(Session session, long prospectId, long repId, DateTimeOffset now) => session.ExecuteAsync(
        "update obligations set settled_at_ms = @now where prospect_id = @prospectId and rep_id = @repId and settled_at_ms is null", new { prospectId, repId, now = now.Ms() });

    /// <summary>Settles only what one prompt left owed.</summary>
    public static Task SettlePromptAsync(Session session, long promptId, DateTimeOffset now) => session.ExecuteAsync(
        "update obligations set settled_at_ms = @now where prompt_id = @promptId and settled_at_ms is null", new { promptId, now = now.Ms() });

    /// <summary>What one prompt left owed is another rep's from now on.</summary>
    public static Task HandOverAsync(Session session, long promptId, long repId) => session.ExecuteAsync(
        "update obligations set rep_id = @repId where prompt_id = @promptId and settled_at_ms is null", new { promptId, repId });

    /// <summary>What a rep owes until a moment, the oldest first.</summary>
    public static async Task<IReadOnlyList<DueObligation>> DueAsync(Session session, long repId, DateTimeOffset until, int limit) =>
        [.. (await session.QueryAsync<Row>("""
            select id, prospect_id, kind, reason, due_at_ms, prompt_id from obligations
            where rep_id = @repId and settled_at_ms is null and due_at_ms < @until order by due_at_ms, id limit @limit
            """, new { repId, until = until.Ms(), limit }))
            .Select(r => new DueObligation(Ids.Text(r.Id), r.ProspectId, r.Kind, r.Reason, Times.Of(r.DueAtMs)))];

    public static async Task<IReadOnlyList<ObligationView>> OpenAsync(Session session, long prospectId, long? repId) =>
        [.. (await session.QueryAsync<Row>(
            """
            select id, kind, reason, due_at_ms, prompt_id from obligations
            where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and settled_at_ms is null order by due_at_ms, id
            """, new { prospectId, repId }))
            .Select(r => new ObligationView(Ids.Text(r.Id), r.Kind, r.Reason, Times.Of(r.DueAtMs), r.PromptId is { } p ? Ids.Text(p) : null))];
}
