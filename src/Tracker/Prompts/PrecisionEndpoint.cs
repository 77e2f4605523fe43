using Tracker.Access;
using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prompts;

/// <param name="Rule">The rule that called the hit a person's; as in docs/classification.md.</param>
/// <param name="Right">How many prompts were rated right.</param>
/// <param name="Rated">Of how many that were rated.</param>
/// <param name="Precision">Their share; null while nothing is rated.</param>
/// <param name="Low">The true share lies between this and <c>high</c>, with 95 % confidence (Wilson's interval).</param>
public sealed record RulePrecision(string Rule, long Right, long Rated, double? Precision, double Low, double High);

/// <param name="Rules">By the rule that decided, the most rated first.</param>
public sealed record PrecisionView(long Right, long Rated, double? Precision, double Low, double High, IReadOnlyList<RulePrecision> Rules);

/// <summary>How often the alarm was right, by what reps said of it.</summary>
public static class PrecisionEndpoint
{
    sealed record Row
    {
        public string Rule { get; init; } = "";
        public long Right { get; init; }
        public long Rated { get; init; }
    }

    public static void MapPrecision(this IEndpointRouteBuilder api) => api.MapGet("/signals/precision", GetAsync).RequireScope(Scopes.Read).WithTags("Prompts")
        .WithName("signalsPrecision").WithSummary("How many of the rated prompts were right")
        .WithDescription("Overall and by the rule that called the hit a person's, with 95 % intervals. A rep's key counts that rep's prompts.")
        .Produces<PrecisionView>();

    static async Task<IResult> GetAsync(HttpContext http, Caller caller, Database database)
    {
        var rows = await database.ReadAsync(s => s.QueryAsync<Row>("""
            select rule, cast(sum(right_alarm) as bigint) as "right", count(*) as rated from prompts
            where right_alarm is not null and (@repId is null or rep_id = @repId) group by rule order by count(*) desc, rule
            """, new { repId = caller.RepId }), http.RequestAborted);
        var all = Share.Wilson(rows.Sum(r => r.Right), rows.Sum(r => r.Rated));
        return TypedResults.Ok(new PrecisionView(all.Right, all.Of, all.Value, all.Low, all.High, [.. rows.Select(Rule)]));
    }

    static RulePrecision Rule(Row row)
    {
        var share = Share.Wilson(row.Right, row.Rated);
        return new(row.Rule.Length > 0 ? row.Rule : "not kept", share.Right, share.Of, share.Value, share.Low, share.High);
    }
}
