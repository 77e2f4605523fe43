using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <param name="Calls">First calls after a signal, of the last 90 days.</param>
/// <param name="MedianMinutes">Null while there are none.</param>
/// <param name="P90Minutes">Nine in ten were called within this; null while there are none.</param>
/// <param name="Missed">Signals of the last 90 days that nobody has called about yet.</param>
public sealed record SignalTimeView(string Rep, long Calls, double? MedianMinutes, double? P90Minutes, long Missed);

/// <param name="Uses">How often the text went out.</param>
/// <param name="Recipients">Copies that can be tracked.</param>
/// <param name="ReadRate">Share of them that a person read; null while nothing went out.</param>
/// <param name="ClickRate">Share of them in which a person followed a link.</param>
public sealed record TextRateView(string Subject, long Uses, long Recipients, long Read, long Clicked, double? ReadRate, double? ClickRate, DateTimeOffset LastUsedAt);

/// <param name="NotQualified">Touches spent on deals that closed as not qualified.</param>
/// <param name="NotInterested">Touches spent on deals that closed as not interested.</param>
/// <param name="Share">Of all touches on deals that are closed; null: none are.</param>
public sealed record EffortShareView(long Touches, long NotQualified, long NotInterested, double? Share, long Overrides);

/// <summary>Figures of one's own: how fast, with which mails, and on whom the effort went.</summary>
public static class FiguresEndpoints
{
    const int Days = 90;

    /// <summary>A text that went to fewer is no text used many times.</summary>
    const int ManyUses = 5;

    public static void MapFigures(this IEndpointRouteBuilder api)
    {
        api.MapGet("/signals/call-times", CallTimesAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("signalCallTimes").WithSummary("From the signal to the first call: median and 90th percentile, per rep")
            .WithDescription("A rep's key sees that rep.").Produces<Page<SignalTimeView>>();
        api.MapGet("/messages/rates", RatesAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("messageRates").WithSummary("Texts that went out many times, with their own reading and click rates")
            .WithDescription($"Texts that went to {ManyUses} or more, the most used first. What cannot be seen (Apple's prefetch) counts as not read.").Produces<Page<TextRateView>>();
        api.MapGet("/touches/effort", EffortAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("effort").WithSummary("The share of touches that went to people who were not qualified or not interested").Produces<EffortShareView>();
    }

    sealed record TimeRow
    {
        public string Rep { get; init; } = "";
        public long Ms { get; init; }
        public long Missed { get; init; }
    }

    static async Task<IResult> CallTimesAsync(HttpContext http, Caller caller, Database database, TimeProvider time)
    {
        var since = time.GetUtcNow().AddDays(-Days).Ms();
        var (calls, missed) = await database.ReadAsync(async s => (
            await s.QueryAsync<TimeRow>("""
                select r.email as rep, min(t.at_ms) - t.signal_at_ms as ms from touches t join reps r on r.id = t.rep_id
                where t.signal_at_ms >= @since and (@repId is null or t.rep_id = @repId) group by r.email, t.prospect_id, t.signal_at_ms
                """, new { since, repId = caller.RepId }),
            await s.QueryAsync<TimeRow>("""
                select r.email as rep, count(*) as missed from prompts p join reps r on r.id = p.rep_id
                where p.state = 'expired' and p.raised_at_ms >= @since and (@repId is null or p.rep_id = @repId) group by r.email
                """, new { since, repId = caller.RepId })), http.RequestAborted);
        var byRep = calls.ToLookup(c => c.Rep, c => c.Ms / 60_000.0);
        var items = calls.Select(c => c.Rep).Union(missed.Select(m => m.Rep)).Order(StringComparer.Ordinal).Select(rep => new SignalTimeView(
            rep, byRep[rep].Count(), byRep[rep].Any() ? Quantiles.Median(byRep[rep]) : null, byRep[rep].Any() ? Quantiles.At(byRep[rep], 0.9) : null, missed.FirstOrDefault(m => m.Rep == rep)?.Missed ?? 0));
        return TypedResults.Ok(new Page<SignalTimeView>([.. items], null));
    }

    sealed record RateRow
    {
        public string Subject { get; init; } = "";
        public long Uses { get; init; }
        public long Recipients { get; init; }
        public long ReadCopies { get; init; }
        public long Clicked { get; init; }
        public long LastMs { get; init; }
    }

    static async Task<IResult> RatesAsync(HttpContext http, Caller caller, Database database)
    {
        var rows = await database.ReadAsync(s => s.QueryAsync<RateRow>($"""
            select max(m.subject) as subject, count(distinct m.id) as uses, count(*) as recipients, cast(sum(case when c.human_hits > 0 then 1 else 0 end) as bigint) as read_copies,
                   cast(sum(case when c.human_clicks > 0 then 1 else 0 end) as bigint) as clicked,
                   max(coalesce(m.sent_at_ms, m.created_at_ms)) as last_ms
            from messages m join copies c on c.message_id = m.id
            where m.kind = 'mail' and c.instrumented = 1 and (@repId is null or m.rep_id = @repId) group by m.text_fingerprint, m.rep_id having count(*) >= {ManyUses} order by count(*) desc limit {Paging.MaxLimit}
            """, new { repId = caller.RepId }), http.RequestAborted);
        return TypedResults.Ok(new Page<TextRateView>(
            [.. rows.Select(r => new TextRateView(r.Subject, r.Uses, r.Recipients, r.ReadCopies, r.Clicked, (double)r.ReadCopies / r.Recipients, (double)r.Clicked / r.Recipients, Times.Of(r.LastMs)))], null));
    }

    sealed record EffortRow
    {
        public long Touches { get; init; }
        public long NotQualified { get; init; }
        public long NotInterested { get; init; }
        public long Overrides { get; init; }
    }

    static async Task<IResult> EffortAsync(HttpContext http, Caller caller, Database database)
    {
        var row = (await database.ReadAsync(s => s.FirstAsync<EffortRow>("""
            select cast(coalesce(sum(case when d.closed_at_ms is not null then 1 else 0 end), 0) as bigint) as touches,
                   cast(coalesce(sum(case when d.closing_reason = 'notQualified' then 1 else 0 end), 0) as bigint) as not_qualified,
                   cast(coalesce(sum(case when d.closing_reason = 'notInterested' then 1 else 0 end), 0) as bigint) as not_interested,
                   cast(coalesce(sum(case when t.override_reason is not null then 1 else 0 end), 0) as bigint) as overrides
            from touches t left join deals d on d.id = t.deal_id where (@repId is null or t.rep_id = @repId)
            """, new { repId = caller.RepId }), http.RequestAborted))!;
        return TypedResults.Ok(new EffortShareView(row.Touches, row.NotQualified, row.NotInterested, row.Touches == 0 ? null : (row.NotQualified + row.NotInterested) / (double)row.Touches, row.Overrides));
    }
}
