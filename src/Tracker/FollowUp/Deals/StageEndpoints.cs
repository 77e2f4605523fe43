using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Deals;

/// <param name="Kind">Kind of touch that is owed on entering it.</param>
/// <param name="Owes">What is owed.</param>
/// <param name="DueDays">Business days after entering, unless a date is agreed.</param>
/// <param name="UsualDays">Calendar days without a touch of ours after which it is "waiting on them".</param>
/// <param name="Closed">An answer is recorded.</param>
/// <param name="Hidden">The team does not use it.</param>
/// <param name="Plan">Template that fits; null: none.</param>
public sealed record StageView(string Stage, string Label, string Kind, string Owes, long DueDays, long UsualDays, bool Closed, bool CanHide, bool Hidden, string? Plan);

public sealed record HideStage(bool? Hidden);

public static class StageEndpoints
{
    public static void MapStages(this IEndpointRouteBuilder api)
    {
        api.MapGet("/stages", ListAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("listStages").WithSummary("The stages of a deal, in order, with what each asks for").Produces<Page<StageView>>();
        api.MapPut("/stages/{stage}", HideAsync).RequireScope(Scopes.Admin).WithTags("Follow-up").WithName("hideStage").WithSummary("Hides a stage that the team does not use, or shows it again")
            .Produces<StageView>().ProducesProblems(Problems.InvalidJson, Problems.InvalidParameter);
    }

    static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        var hidden = await database.ReadAsync(HiddenAsync, http.RequestAborted);
        return TypedResults.Ok(new Page<StageView>([.. Stages.All.Select(d => View(d, hidden))], null));
    }

    static async Task<IReadOnlySet<string>> HiddenAsync(Session session) => (await session.QueryAsync<string>("select stage from stage_settings where hidden = 1")).ToHashSet();

    static StageView View(StageDuty d, IReadOnlySet<string> hidden) => new(
        Names.Of(d.Stage), d.Label, TouchKinds.Name(d.Kind), d.Owes, d.DueDays, d.UsualDays, Stages.IsClosed(d.Stage), d.CanHide, hidden.Contains(Names.Of(d.Stage)), Plans.PlanStart.Suggested(d.Stage));

    static async Task<IResult> HideAsync(string stage, HttpContext http, Database database, HideStage body)
    {
        var duty = Stages.Of(Names.Parse<Stage>("stage", stage));
        if (body.Hidden is not { } hide || (hide && !duty.CanHide))
        {
            return Problems.Parameter("hidden", body.Hidden?.ToString(), duty.CanHide ? "true or false" : $"false: '{duty.Label}' is needed by every team");
        }
        var hidden = await database.WriteAsync(async s =>
        {
            await s.ExecuteAsync("insert into stage_settings (stage, hidden) values (@name, @hide) on conflict (stage) do update set hidden = excluded.hidden", new { name = Names.Of(duty.Stage), hide = hide ? 1L : 0L });
            return await HiddenAsync(s);
        }, http.RequestAborted);
        return TypedResults.Ok(View(duty, hidden));
    }
}
