using Tracker.Access;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Today;

public static class TodayEndpoint
{
    public static void MapToday(this IEndpointRouteBuilder api) => api.MapGet("/today", GetAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("today")
        .WithSummary("The call list: whom to get in touch with today, and how")
        .WithDescription("Live prompts first, then missed ones, then owed touches by urgency, heat and value, then people who never answer and keep reading. Each prospect stands once. A rep's key sees that rep's list.")
        .Produces<TodayView>().ProducesProblems(Problems.InvalidParameter, Problems.UnknownRep);

    static async Task<IResult> GetAsync(HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time, int? limit, string? rep)
    {
        var most = Paging.Limit(limit);
        return TypedResults.Ok(await database.ReadAsync(async s =>
        {
            var owner = await RepChoice.OptionalAsync(s, caller, rep);
            return await TodayBook.ReadAsync(s, owner?.Id, owner?.Email, most, settings.HeatScale, time.GetUtcNow());
        }, http.RequestAborted));
    }
}
