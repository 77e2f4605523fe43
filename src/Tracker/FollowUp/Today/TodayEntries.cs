using Tracker.Domain.FollowUp;
using Tracker.Domain.Scoring;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Today;

/// <summary>One prospect on the list, with the little that orders it.</summary>
sealed record TodayEntry(CallEntry Order, long ProspectId, long RepId, PromptOfToday? Prompt, OwedToday? Owed);

sealed record PromptOfToday
{
    public long Id { get; init; }
    public long ProspectId { get; init; }
    public long RepId { get; init; }
    public string State { get; init; } = "";
    public string Reasons { get; init; } = "[]";
    public long RefreshedAtMs { get; init; }
    public long ExpiresAtMs { get; init; }
    public long HeatKey { get; init; }
    public long ValueCents { get; init; }
}

sealed record OwedToday
{
    public long Id { get; init; }
    public long ProspectId { get; init; }
    public long RepId { get; init; }
    public string Kind { get; init; } = "";
    public string? AlsoKind { get; init; }
    public string Reason { get; init; } = "";
    public string Source { get; init; } = "";
    public long DueAtMs { get; init; }
    public long Moved { get; init; }
    public long HeatKey { get; init; }
    public long ValueCents { get; init; }
}

sealed record ReaderToday
{
    public long ProspectId { get; init; }
    public long RepId { get; init; }
    public long HeatKey { get; init; }
    public long LastEngagedAtMs { get; init; }
}

/// <summary>Everything that belongs on the list, slim, so that ordering thousands costs little; what is told of the first few is read afterwards.</summary>
static class TodayEntries
{
    /// <summary>Who keeps looking sat down with it at least this often, and within these days.</summary>
    const int ReaderSittings = 2, ReaderDays = 30, MostReaders = 200;

    /// <param name="until">What is due by then is on the list: the end of the rep's day.</param>
    public static async Task<List<TodayEntry>> LoadAsync(Session session, long? repId, HeatScale scale, DateTimeOffset until, DateTimeOffset now)
    {
        var byProspect = new Dictionary<long, TodayEntry>();
        void Add(TodayEntry entry)
        {
            if (!byProspect.TryGetValue(entry.ProspectId, out var known) || CallList.Compare(entry.Order, known.Order, now) < 0)
            {
                // The more telling obligation stays, whichever is older.
                byProspect[entry.ProspectId] = entry with { Owed = entry.Owed ?? known?.Owed };
            }
        }
        foreach (var prompt in await PromptsAsync(session, repId))
        {
            var (section, at) = prompt.State == "expired" ? (CallSection.Missed, prompt.ExpiresAtMs) : (CallSection.Live, prompt.RefreshedAtMs);
            Add(new(new(section, Times.Of(at), scale.HeatAt(prompt.HeatKey, now), prompt.ValueCents / 100.0, prompt.Id), prompt.ProspectId, prompt.RepId, prompt, null));
        }
        foreach (var owed in (await OwedAsync(session, repId, until)).GroupBy(o => o.ProspectId))
        {
            // A stage asks for something in general; a plan, a promise or a reply for something in particular.
            var told = owed.MinBy(o => (o.Source == ObligationSources.Stage ? 1 : 0, o.DueAtMs))!;
            var value = owed.Max(o => o.ValueCents) / 100.0;
            Add(new(new(CallSection.Owed, Times.Of(owed.Min(o => o.DueAtMs)), scale.HeatAt(told.HeatKey, now), value, told.Id), told.ProspectId, told.RepId, null, told));
        }
        foreach (var reader in await ReadersAsync(session, repId, now))
        {
            Add(new(new(CallSection.Reading, Times.Of(reader.LastEngagedAtMs), scale.HeatAt(reader.HeatKey, now), 0, reader.ProspectId), reader.ProspectId, reader.RepId, null, null));
        }
        var entries = byProspect.Values.ToList();
        entries.Sort((a, b) => CallList.Compare(a.Order, b.Order, now));
        return entries;
    }

    // The condition on the state is word for word that of the partial index, or SQLite does not use it.
    static Task<IReadOnlyList<PromptOfToday>> PromptsAsync(Session session, long? repId) => session.QueryAsync<PromptOfToday>($"""
        select pt.id, pt.prospect_id, pt.rep_id, pt.state, pt.reasons, pt.refreshed_at_ms, pt.expires_at_ms, p.heat_key,
               coalesce((select max(d.value_cents) from deals d where d.prospect_id = pt.prospect_id and d.closed_at_ms is null), 0) as value_cents
        from prompts pt join prospects p on p.id = pt.prospect_id
        where pt.state in ('open', 'snoozed', 'expired') and pt.state <> 'snoozed' {(repId is null ? "" : "and pt.rep_id = @repId")}
        """, new { repId });

    static Task<IReadOnlyList<OwedToday>> OwedAsync(Session session, long? repId, DateTimeOffset until) => session.QueryAsync<OwedToday>($"""
        select o.id, o.prospect_id, o.rep_id, o.kind, o.also_kind, o.reason, o.source, o.due_at_ms, o.moved, p.heat_key, coalesce(d.value_cents, 0) as value_cents
        from obligations o join prospects p on p.id = o.prospect_id left join deals d on d.id = o.deal_id
        where o.settled_at_ms is null and o.due_at_ms <= @until {(repId is null ? "" : "and o.rep_id = @repId")}
        """, new { repId, until = until.Ms() });

    static Task<IReadOnlyList<ReaderToday>> ReadersAsync(Session session, long? repId, DateTimeOffset now) => session.QueryAsync<ReaderToday>($"""
        select pr.prospect_id, pr.rep_id, pr.heat_key, p.last_engaged_at_ms
        from prospect_reps pr join prospects p on p.id = pr.prospect_id left join follow_ups f on f.prospect_id = pr.prospect_id
        where pr.heat_key > @cold {(repId is null ? "" : "and pr.rep_id = @repId")} and p.sittings >= {ReaderSittings} and p.last_engaged_at_ms >= @since
              and f.answered_at_ms is null and coalesce(f.state, 'live') = 'live'
        order by pr.heat_key desc limit {MostReaders}
        """, new { repId, cold = HeatScale.Cold, since = now.AddDays(-ReaderDays).Ms() });
}
