using Tracker.Domain.Scoring;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prompts;

/// <summary>What came of the last call with a prospect, from wherever it was logged.</summary>
/// <param name="Objection">What they held against it.</param>
public sealed record LastOutcome(string Outcome, string? Note, DateTimeOffset At, string? Objection = null);

/// <summary>A prompt with what a rep wants to know before they dial.</summary>
/// <param name="Heat">Points now.</param>
/// <param name="TimeZone">The prospect's, as an IANA name; null when nobody has said.</param>
/// <param name="Owed">What was owed to them before this prompt, the most urgent.</param>
public sealed record PromptCard(PromptView Prompt, double Heat, string? TimeZone, LastOutcome? Last, NextStepView? Owed);

public static class PromptCards
{
    sealed record AboutRow
    {
        public long Id { get; init; }
        public long HeatKey { get; init; }
        public string? TimeZone { get; init; }
        public string? LastOutcome { get; init; }
        public string? LastNote { get; init; }
        public long? LastAtMs { get; init; }
        public string? LastObjection { get; init; }
        public string? OwedKind { get; init; }
        public long? OwedAtMs { get; init; }
        public string? OwedReason { get; init; }
    }

    /// <summary>The rep's open prompts, the biggest first: by heat, then by the latest look.</summary>
    public static async Task<IReadOnlyList<PromptCard>> OpenAsync(Session session, long repId, HeatScale scale, DateTimeOffset now) =>
        Sorted(await CardsAsync(session, await session.QueryAsync<PromptRow>(PromptRow.Select + " where p.rep_id = @repId and p.state = 'open'", new { repId }), scale, now));

    /// <summary>Some of the rep's prompts as they now stand, whatever their state.</summary>
    public static async Task<IReadOnlyList<PromptCard>> OfAsync(Session session, long repId, IReadOnlyCollection<long> ids, HeatScale scale, DateTimeOffset now) => ids.Count == 0
        ? []
        : Sorted(await CardsAsync(session, await session.QueryAsync<PromptRow>(
            PromptRow.Select + $" where p.rep_id = @repId and {session.Dialect.In("p.id", "@ids")}", new { repId, ids = ids.ToArray() }), scale, now));

    /// <summary>How many are silent for now, and how many calls were missed.</summary>
    public static async Task<(long Snoozed, long Missed)> WaitingAsync(Session session, long repId)
    {
        var states = (await session.QueryAsync<StateRow>(
            "select state, count(*) as count from prompts where rep_id = @repId and state in ('snoozed', 'expired') group by state", new { repId })).ToDictionary(r => r.State, r => r.Count);
        return (states.GetValueOrDefault(PromptStates.Snoozed), states.GetValueOrDefault(PromptStates.Expired));
    }

    sealed record StateRow
    {
        public string State { get; init; } = "";
        public long Count { get; init; }
    }

    static PromptCard[] Sorted(IEnumerable<PromptCard> cards) => [.. cards.OrderByDescending(c => c.Heat).ThenByDescending(c => c.Prompt.RefreshedAt)];

    static async Task<IEnumerable<PromptCard>> CardsAsync(Session session, IReadOnlyList<PromptRow> rows, HeatScale scale, DateTimeOffset now)
    {
        if (rows.Count == 0)
        {
            return [];
        }
        var about = (await session.QueryAsync<AboutRow>($"""
            select p.id, c.heat_key, c.time_zone, last.outcome as last_outcome, last.note as last_note, last.at_ms as last_at_ms, last.objection as last_objection,
                   o.kind as owed_kind, o.due_at_ms as owed_at_ms, o.reason as owed_reason
            from prompts p join prospects c on c.id = p.prospect_id
            left join touches last on last.id = (
                select max(id) from touches where prospect_id = p.prospect_id and rep_id = p.rep_id and kind in ('call', 'voicemail') and theirs = 0 and coalesce(prompt_id, 0) <> p.id)
            left join obligations o on o.id = (
                select id from obligations where prospect_id = p.prospect_id and rep_id = p.rep_id and settled_at_ms is null and coalesce(prompt_id, 0) <> p.id
                order by due_at_ms, id limit 1)
            where {session.Dialect.In("p.id", "@ids")}
            """, new { ids = rows.Select(r => r.Id).ToArray() })).ToDictionary(r => r.Id);
        return rows.Select(row => ToCard(row, about[row.Id], scale, now));
    }

    static PromptCard ToCard(PromptRow row, AboutRow about, HeatScale scale, DateTimeOffset now) => new(
        row.ToView(), scale.HeatAt(about.HeatKey, now), about.TimeZone,
        about.LastOutcome is { } outcome ? new(outcome, about.LastNote, Times.Of(about.LastAtMs ?? 0), about.LastObjection) : null,
        about.OwedKind is { } kind ? new(kind, Times.Of(about.OwedAtMs), about.OwedReason) : null);
}
