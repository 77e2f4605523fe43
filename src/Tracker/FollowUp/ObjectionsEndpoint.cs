using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <param name="Objection">price, need, comparing, competitor, timing or other.</param>
/// <param name="Count">How often they had it.</param>
/// <param name="Answered">How often it was recorded what it was answered with.</param>
/// <param name="Worked">How often that answer worked.</param>
public sealed record ObjectionCountView(string Objection, long Count, long Answered, long Worked);

/// <param name="FactFind">noNeed, alternative, match or matchBut.</param>
public sealed record FactFindCountView(string FactFind, long Count);

/// <param name="Stage">Of the deal at the time of the touch; null: there was no deal.</param>
/// <param name="Conversations">Touches in which they said something, with an objection or without.</param>
/// <param name="Objections">The most frequent first; those that nobody had are left out.</param>
public sealed record StageObjectionsView(string? Stage, string? StageLabel, long Conversations, IReadOnlyList<ObjectionCountView> Objections, IReadOnlyList<FactFindCountView> FactFinds);

/// <summary>What they object to, and at which stage: where the same doubt comes back, what is said before it has to change.</summary>
public static class ObjectionsEndpoint
{
    public static void MapObjections(this IEndpointRouteBuilder api) => api.MapGet("/touches/objections", GetAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("objections")
        .WithSummary("Objections and what the fact-find found, counted per stage")
        .WithDescription("Stages in their order, those without a conversation left out; the stage is the deal's at the time of the touch. A rep's key sees that rep's touches.").Produces<Page<StageObjectionsView>>();

    sealed record Row
    {
        public string? Stage { get; init; }
        public string? Objection { get; init; }
        public string? FactFind { get; init; }
        public long Number { get; init; }
        public long Conversations { get; init; }
        public long WithAnswer { get; init; }
        public long Worked { get; init; }
    }

    static async Task<IResult> GetAsync(HttpContext http, Caller caller, Database database)
    {
        var rows = await database.ReadAsync(s => s.QueryAsync<Row>("""
            select stage, objection, fact_find, count(*) as number, cast(sum(answered) as bigint) as conversations,
                   cast(sum(case when answer_text is not null then 1 else 0 end) as bigint) as with_answer, cast(sum(case when answer_worked = 1 then 1 else 0 end) as bigint) as worked
            from touches where (answered = 1 or objection is not null or fact_find is not null) and (@repId is null or rep_id = @repId) group by stage, objection, fact_find
            """, new { repId = caller.RepId }), http.RequestAborted);
        var stages = rows.GroupBy(r => r.Stage).OrderBy(g => g.Key is null ? int.MaxValue : (int)Names.Parse<Stage>("stage", g.Key)).Select(Of);
        return TypedResults.Ok(new Page<StageObjectionsView>([.. stages], null));
    }

    static StageObjectionsView Of(IGrouping<string?, Row> rows) => new(
        rows.Key, rows.Key is null ? null : Stages.Of(Names.Parse<Stage>("stage", rows.Key)).Label, rows.Sum(r => r.Conversations),
        [
            .. rows.Where(r => r.Objection is not null).GroupBy(r => r.Objection!).Select(g => new ObjectionCountView(g.Key, g.Sum(r => r.Number), g.Sum(r => r.WithAnswer), g.Sum(r => r.Worked)))
                .OrderByDescending(o => o.Count).ThenBy(o => o.Objection, StringComparer.Ordinal),
        ],
        [
            .. rows.Where(r => r.FactFind is not null).GroupBy(r => r.FactFind!).Select(g => new FactFindCountView(g.Key, g.Sum(r => r.Number)))
                .OrderByDescending(f => f.Count).ThenBy(f => f.FactFind, StringComparer.Ordinal),
        ]);
}
