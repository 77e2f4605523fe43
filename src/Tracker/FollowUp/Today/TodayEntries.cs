using Tracker.Domain.FollowUp;
using Tracker.Domain.Scoring;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Today;

/// <summary>One prospect on the list, with the little that orders it.</summary>
/// <param name="OwedId">The obligation that is told.</param>
/// <param name="Owed">Null until <see cref="TodayEntries.TellAsync"/> has read it.</param>
sealed record TodayEntry(CallEntry Order, long ProspectId, long RepId, PromptOfToday? Prompt, long? OwedId = null, OwedToday? Owed = null);

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

/// <summary>What is told of an obligation.</summary>
sealed record OwedToday
{
    public long Id { get; init; }
    public string Kind { get; init; } = "";
    public string? AlsoKind { get; init; }
    public string Reason { get; init; } = "";
    public string Source { get; init; } = "";
    public long DueAtMs { get; init; }
    public long Moved { get; init; }
}

/// <summary>Numbers only: thousands of them are read for a list.</summary>
sealed record DueToday
{
    public long Id { get; init; }
    public long ProspectId { get; init; }
    public long RepId { get; init; }

    /// <summary>A stage asks for something in general; a plan, a promise or a reply for something in particular.</summary>
    public long General { get; init; }
    public long DueAtMs { get; init; }
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
                byProspect[entry.ProspectId] = entry;
            }
        }
        foreach (var prompt in await PromptsAsync(session, repId))
        {
            var (section, at) = prompt.State == "expired" ? (CallSection.Missed, prompt.ExpiresAtMs) : (CallSection.Live, prompt.RefreshedAtMs);
            Add(new(new(section, Times.Of(at), scale.HeatAt(prompt.HeatKey, now), prompt.ValueCents / 100.0, prompt.Id), prompt.ProspectId, prompt.RepId, prompt));
        }
        foreach (var owed in (await DueAsync(session, repId, until)).GroupBy(o => o.ProspectId))
        {
            var told = owed.MinBy(o => (o.General, o.DueAtMs))!;
            var value = owed.Max(o => o.ValueCents) / 100.0;
            Add(new(new(CallSection.Owed, Times.Of(owed.Min(o => o.DueAtMs)), scale.HeatAt(told.HeatKey, now), value, told.Id), told.ProspectId, told.RepId, null, told.Id));
        }
        foreach (var reader in await ReadersAsync(session, repId, now))
        {
            Add(new(new(CallSection.Reading, Times.Of(reader.LastEngagedAtMs), scale.HeatAt(reader.HeatKey, now), 0, reader.ProspectId), reader.ProspectId, reader.RepId, null));
        }
        var entries = byProspect.Values.ToList();
        entries.Sort((a, b) => CallList.Compare(a.Order, b.Order, now));
        return entries;
    }

    /// <summary>With what is owed, for the few entries that are shown.</summary>
    public static async Task<IReadOnlyList<TodayEntry>> TellAsync(Session session, IEnumerable<TodayEntry> entries)
    {
        var page = entries.ToList();
        var ids = page.Where(e => e.OwedId is not null).Select(e => e.OwedId!.Value).ToArray();
        var owed = ids.Length == 0 ? [] : (await session.QueryAsync<OwedToday>(
            $"select id, kind, also_kind, reason, source, due_at_ms, moved from obligations where {session.Dialect.In("id", "@ids")}", new { ids })).ToDictionary(o => o.Id);
        return [.. page.Select(e => e.OwedId is { } id && owed.TryGetValue(id, out var told) ? e with { Owed = told } : e)];
    }

    // The condition on the state is word for word that of the partial index, or SQLite does not use it.
    static Task<IReadOnlyList<PromptOfToday>> PromptsAsync(Session session, long? repId) => session.QueryAsync<PromptOfToday>($"""
        select pt.id, pt.prospect_id, pt.rep_id, pt.state, pt.reasons, pt.refreshed_at_ms, pt.expires_at_ms, p.heat_key,
               coalesce((select max(d.value_cents) from deals d where d.prospect_id = pt.prospect_id and d.closed_at_ms is null), 0) as value_cents
        from prompts pt join prospects p on p.id = pt.prospect_id
        where pt.state in ('open', 'snoozed', 'expired') and pt.state <> 'snoozed' {(repId is null ? "" : "and pt.rep_id = @repId")}
        """, new { repId });

    static Task<IReadOnlyList<DueToday>> DueAsync(Session session, long? repId, DateTimeOffset until) => session.QueryAsync<DueToday>($"""
        select o.id, o.prospect_id, o.rep_id, case when o.source = 'stage' then 1 else 0 end as general, o.due_at_ms, p.heat_key, coalesce(d.value_cents, 0) as value_cents
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
