using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Touches;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Plans;

public static class PlanEndpoints
{
    public static void MapPlans(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Follow-up");
        group.MapGet("/plan-templates", TemplatesAsync).RequireScope(Scopes.Read).WithName("planTemplates").WithSummary("The plans that ship, with days from the team's sales cycle").Produces<TemplatesView>();
        group.MapGet("/prospects/{id}/plans", OfProspectAsync).RequireScope(Scopes.Read).WithName("listPlans").WithSummary("A prospect's plans, newest first").Produces<Page<PlanView>>().ProducesProblems(Problems.NotFound);
        group.MapPost("/prospects/{id}/plans", StartAsync).RequireScope(Scopes.Send).WithName("startPlan").WithSummary("Starts a plan; one that runs is replaced")
            .WithDescription("Days come from the team's median sales cycle and shift over weekends, the rep's days off and the prospect's hours. It runs until they say stop or ready.")
            .Produces<PlanView>(StatusCodes.Status201Created).ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter, Problems.RepNeeded, Problems.UnknownRep, Problems.PlanEnded);
        group.MapGet("/plans/{id}", GetAsync).RequireScope(Scopes.Read).WithName("getPlan").WithSummary("One plan: what was planned, what was done, how it goes on").Produces<PlanView>().ProducesProblems(Problems.NotFound);
        group.MapPost("/plans/{id}/touches", AddAsync).RequireScope(Scopes.Send).WithName("addPlanTouch").WithSummary("Adds a touch to a plan").Produces<PlanView>()
            .ProducesProblems(Problems.NotFound, Problems.PlanEnded, Problems.InvalidJson, Problems.InvalidParameter, Problems.ReasonUsed);
        group.MapPut("/plans/{id}/touches/{touchId}", ChangeAsync).RequireScope(Scopes.Send).WithName("changePlanTouch").WithSummary("Changes a planned touch; how it was planned stays").Produces<PlanView>()
            .ProducesProblems(Problems.NotFound, Problems.PlanEnded, Problems.InvalidJson, Problems.InvalidParameter, Problems.ReasonUsed);
        group.MapDelete("/plans/{id}/touches/{touchId}", SkipAsync).RequireScope(Scopes.Send).WithName("skipPlanTouch").WithSummary("Skips a planned touch").Produces<PlanView>().ProducesProblems(Problems.NotFound, Problems.PlanEnded);
        group.MapPost("/plans/{id}/pause", PauseAsync).RequireScope(Scopes.Send).WithName("pausePlan").WithSummary("Pauses a plan until a day").Produces<PlanView>()
            .ProducesProblems(Problems.NotFound, Problems.PlanEnded, Problems.InvalidJson, Problems.InvalidParameter);
        group.MapPost("/plans/{id}/resume", ResumeAsync).RequireScope(Scopes.Send).WithName("resumePlan").WithSummary("Goes on with a paused plan").Produces<PlanView>().ProducesProblems(Problems.NotFound, Problems.PlanEnded);
        group.MapPost("/plans/{id}/end", EndAsync).RequireScope(Scopes.Send).WithName("endPlan").WithSummary("Ends a plan: they are ready, or it is a break-up")
            .WithDescription("A break-up parks the prospect with a far date or never; a later look of theirs revives them.").Produces<PlanView>()
            .ProducesProblems(Problems.NotFound, Problems.PlanEnded, Problems.InvalidJson, Problems.InvalidParameter, Problems.AnswerNeedsDate);
    }

    static async Task<IResult> TemplatesAsync(HttpContext http, Database database)
    {
        var cycle = await database.ReadAsync(CycleBook.LoadAsync, http.RequestAborted);
        return TypedResults.Ok(new TemplatesView(cycle.Days, cycle.Won, cycle.IsDefault, [.. PlanTemplates.All.Select(t => TemplateView.Of(t, cycle.Days))]));
    }

    static async Task<IResult> OfProspectAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time)
    {
        var views = await database.ReadAsync(async s =>
        {
            var person = await Person.NeededAsync(s, id, caller);
            var all = new List<PlanView>();
            foreach (var plan in await PlanRow.OfProspectAsync(s, person.Id, caller.RepId))
            {
                all.Add(await PlanReader.ViewAsync(s, plan, time.GetUtcNow()));
            }
            return all;
        }, http.RequestAborted);
        return TypedResults.Ok(new Page<PlanView>(views, null));
    }

    static async Task<IResult> StartAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, StartPlan body, string? rep)
    {
        var now = time.GetUtcNow();
        var template = PlanStart.Template("template", body.Template);
        var view = await database.WriteAsync(async s =>
        {
            var person = await Person.NeededAsync(s, id, caller);
            var owner = await person.RepAsync(s, caller, rep);
            var deal = body.DealId is { } named
                ? await DealRow.FindAsync(s, Ids.Parse(named), caller.RepId) is { } found && found.ProspectId == person.Id ? found : throw new ProblemException(Problems.NoSuch("deal of this prospect", named))
                : await DealRow.CurrentAsync(s, person.Id, owner);
            var plan = await PlanStart.RunAsync(s, person, owner, deal, template, now);
            return await PlanReader.ViewAsync(s, (await PlanRow.FindAsync(s, plan, null))!, now);
        }, http.RequestAborted);
        return TypedResults.Created($"/api/v1/plans/{view.Id}", view);
    }

    static async Task<IResult> GetAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time) =>
        await database.ReadAsync<IResult>(async s => await PlanRow.FindAsync(s, Ids.Parse(id), caller.RepId) is { } plan
            ? TypedResults.Ok(await PlanReader.ViewAsync(s, plan, time.GetUtcNow())) : Problems.NoSuch("plan", id), http.RequestAborted);

    static Task<IResult> AddAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, PlanTouchInput body) =>
        WithPlanAsync(id, http, caller, database, time, (s, plan, now) => PlanEdits.AddAsync(s, plan, body, now));

    static Task<IResult> ChangeAsync(string id, string touchId, HttpContext http, Caller caller, Database database, TimeProvider time, PlanTouchInput body) =>
        WithPlanAsync(id, http, caller, database, time, async (s, plan, now) => await PlanEdits.ChangeAsync(s, plan, await PlannedAsync(s, plan, touchId), body, now));

    static Task<IResult> SkipAsync(string id, string touchId, HttpContext http, Caller caller, Database database, TimeProvider time) =>
        WithPlanAsync(id, http, caller, database, time, async (s, plan, now) => await PlanEdits.SkipAsync(s, plan, await PlannedAsync(s, plan, touchId), now));

    static async Task<PlanTouchRow> PlannedAsync(Session session, PlanRow plan, string touchId) =>
        (await PlanTouchRow.OfAsync(session, plan.Id)).FirstOrDefault(t => t.Id == Ids.Parse(touchId) && t.State == "planned") ?? throw new ProblemException(Problems.NoSuch("planned touch", touchId));

    static Task<IResult> PauseAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, PausePlan body)
    {
        Texts.Line("reason", body.Reason);
        return WithPlanAsync(id, http, caller, database, time, async (s, plan, now) =>
        {
            // Without a day nobody would ever look at it again.
            var until = TouchInput.Future("until", body.Until, now);
            await PlanBook.PauseAsync(s, plan.ProspectId, plan.RepId, until, body.Reason ?? "paused by the rep", now);
            await s.ExecuteAsync("update obligations set moved = moved + 1 where prospect_id = @id and rep_id = @rep and source = 'plan' and settled_at_ms is null", new { id = plan.ProspectId, rep = plan.RepId });
        });
    }

    static Task<IResult> ResumeAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time) => WithPlanAsync(id, http, caller, database, time, async (s, plan, now) =>
    {
        var calendar = await PlanEdits.CalendarAsync(s, plan);
        await PlanBook.ResumeAsync(s, plan, calendar, now);
        await PlanBook.OweNextAsync(s, plan, calendar, now);
    });

    static Task<IResult> EndAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, EndPlan body)
    {
        TouchInput.OneOf("reason", body.Reason ?? "", ["ready", "breakUp", "other"]);
        return WithPlanAsync(id, http, caller, database, time, async (s, plan, now) =>
        {
            if (body.Reason == "breakUp")
            {
                await Parking.ParkAsync(s, plan.ProspectId, plan.RepId, Parking.Day(body.AskAgainAt, body.Never, now), "break-up", now);
            }
            await PlanBook.EndAsync(s, plan.ProspectId, plan.RepId, body.Reason!, now);
        });
    }

    static async Task<IResult> WithPlanAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, Func<Session, PlanRow, DateTimeOffset, Task> change)
    {
        var now = time.GetUtcNow();
        return await database.WriteAsync<IResult>(async s =>
        {
            if (await PlanRow.FindAsync(s, Ids.Parse(id), caller.RepId) is not { } plan)
            {
                return Problems.NoSuch("plan", id);
            }
            if (plan.State == "ended")
            {
                return Problems.PlanEnded.With($"Plan {id} ended on {Times.Of(plan.EndedAtMs):yyyy-MM-dd}: {plan.EndReason}.");
            }
            await change(s, plan, now);
            return TypedResults.Ok(await PlanReader.ViewAsync(s, (await PlanRow.FindAsync(s, plan.Id, null))!, now));
        }, http.RequestAborted);
    }
}
