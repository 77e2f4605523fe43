using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <summary>Who put an obligation there, and so what settles it.</summary>
public static class ObligationSources
{
    /// <summary>The next step of an outcome; the next touch settles it.</summary>
    public const string Step = "step";

    /// <summary>An expired prompt: a call, or the prompt's dismissal, settles it.</summary>
    public const string Missed = "missed";

    /// <summary>What the deal's stage asks for: only a move of the deal settles it.</summary>
    public const string Stage = "stage";

    /// <summary>The next touch of a plan.</summary>
    public const string Plan = "plan";

    /// <summary>They wrote, and are owed an answer.</summary>
    public const string Answer = "answer";

    /// <summary>Somebody vouched: the first touch settles it.</summary>
    public const string Referral = "referral";

    /// <summary>The referrer is to be thanked; saying so settles it.</summary>
    public const string Thanks = "thanks";

    /// <summary>The day on which somebody who was parked is asked again.</summary>
    public const string Park = "park";
}

/// <summary>What is owed to a prospect until it is settled.</summary>
/// <param name="PromptId">The prompt it comes from.</param>
/// <param name="DueAt">From then on it is owed.</param>
public sealed record Obligation(long ProspectId, long RepId, long? PromptId, string Kind, string Reason, DateTimeOffset DueAt)
{
    public string Source { get; init; } = ObligationSources.Step;
    public long? DealId { get; init; }
    public long? PlanTouchId { get; init; }
    public string? AlsoKind { get; init; }
}

/// <param name="Source">step, missed, stage, plan, answer, referral, thanks or park.</param>
/// <param name="Moved">How often the rep moved it; three times look like waiting for the customer.</param>
public sealed record ObligationView(string Id, string Kind, string Reason, DateTimeOffset DueAt, string? PromptId, string Source, long Moved);

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
        public string Source { get; init; } = "";
        public long Moved { get; init; }
    }

    public static Task AddAsync(Session session, Obligation owed, DateTimeOffset now) => session.ExecuteAsync("""
        insert into obligations (prospect_id, rep_id, prompt_id, kind, also_kind, reason, source, deal_id, plan_touch_id, due_at_ms, first_due_at_ms, created_at_ms)
        values (@prospect, @rep, @prompt, @kind, @also, @reason, @source, @deal, @touch, @due, @due, @now)
        """, new
    {
        prospect = owed.ProspectId, rep = owed.RepId, prompt = owed.PromptId, kind = owed.Kind, also = owed.AlsoKind, reason = owed.Reason, source = owed.Source,
        deal = owed.DealId, touch = owed.PlanTouchId, due = owed.DueAt.Ms(), now = now.Ms(),
    });

    /// <summary>Adds it unless something of the same source and reason is owed already.</summary>
    public static async Task AddOnceAsync(Session session, Obligation owed, DateTimeOffset now)
    {
        var known = await session.ScalarAsync<long>(
            "select count(*) from obligations where prospect_id = @prospect and rep_id = @rep and source = @source and reason = @reason and settled_at_ms is null",
            new { prospect = owed.ProspectId, rep = owed.RepId, source = owed.Source, reason = owed.Reason });
        if (known == 0)
        {
            await AddAsync(session, owed, now);
        }
    }

    /// <summary>Settles what the rep owed, of these sources.</summary>
    /// <param name="by">What settled it, in a word.</param>
    public static Task SettleAsync(Session session, long prospectId, long? repId, string by, DateTimeOffset now, params string[] sources) => session.ExecuteAsync($"""
        update obligations set settled_at_ms = @now, settled_by = @by
        where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and settled_at_ms is null and {session.Dialect.In("source", "@sources")}
        """, new { prospectId, repId, by, now = now.Ms(), sources });

    /// <summary>Settles all of it: they said stop.</summary>
    public static Task SettleAllAsync(Session session, long prospectId, string by, DateTimeOffset now) => session.ExecuteAsync(
        "update obligations set settled_at_ms = @now, settled_by = @by where prospect_id = @prospectId and settled_at_ms is null", new { prospectId, by, now = now.Ms() });

    /// <summary>Settles only what one prompt left owed.</summary>
    public static Task SettlePromptAsync(Session session, long promptId, DateTimeOffset now) => session.ExecuteAsync(
        "update obligations set settled_at_ms = @now, settled_by = 'prompt' where prompt_id = @promptId and settled_at_ms is null", new { promptId, now = now.Ms() });

    public static Task SettleDealAsync(Session session, long dealId, string by, DateTimeOffset now) => session.ExecuteAsync(
        "update obligations set settled_at_ms = @now, settled_by = @by where deal_id = @dealId and source = 'stage' and settled_at_ms is null", new { dealId, by, now = now.Ms() });

    /// <summary>A touch took place, so what the stage asks for comes later; that is work and not putting off.</summary>
    public static Task RedateStageAsync(Session session, long dealId, string kind, string reason, DateTimeOffset due) => session.ExecuteAsync(
        "update obligations set kind = @kind, reason = @reason, due_at_ms = @due where deal_id = @dealId and source = 'stage' and settled_at_ms is null",
        new { dealId, kind, reason, due = due.Ms() });

    /// <summary>They cannot be reached before then. Not counted as put off by the rep.</summary>
    public static Task DelayAsync(Session session, long prospectId, DateTimeOffset until) => session.ExecuteAsync(
        "update obligations set due_at_ms = @until where prospect_id = @prospectId and settled_at_ms is null and due_at_ms < @until and source <> 'thanks'", new { prospectId, until = until.Ms() });

    /// <summary>What one prompt left owed is another rep's from now on.</summary>
    public static Task HandOverAsync(Session session, long promptId, long repId) => session.ExecuteAsync(
        "update obligations set rep_id = @repId where prompt_id = @promptId and settled_at_ms is null", new { promptId, repId });

    public static async Task<IReadOnlyList<ObligationView>> OpenAsync(Session session, long prospectId, long? repId) =>
        [.. (await session.QueryAsync<Row>(
            """
            select id, kind, reason, due_at_ms, prompt_id, source, moved from obligations
            where prospect_id = @prospectId and (@repId is null or rep_id = @repId) and settled_at_ms is null order by due_at_ms, id
            """, new { prospectId, repId }))
            .Select(r => new ObligationView(Ids.Text(r.Id), r.Kind, r.Reason, Times.Of(r.DueAtMs), r.PromptId is { } p ? Ids.Text(p) : null, r.Source, r.Moved))];
}
