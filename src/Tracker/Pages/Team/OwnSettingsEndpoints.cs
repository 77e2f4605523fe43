using Tracker.FollowUp.Hours;
using Tracker.Outbound;
using Tracker.Prompts;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>What each rep sets for themselves.</summary>
public static class OwnSettingsEndpoints
{
    public static void MapOwnSettings(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/settings", (HttpContext http, Viewer viewer, Database database, PublicAddress address) => ShowAsync(http, viewer, database, address));
        pages.MapPost("/settings", ChangeAsync);
        Form("/settings/hours", WorkingTimeForms.HoursAsync, "Saved. What is planned keeps to these hours.");
        Form("/settings/days-off", WorkingTimeForms.DaysOffAsync, "Saved. What was planned for a day off has moved to the next day you work.");
        Form("/settings/alerts", WorkingTimeForms.AlertsAsync, "Saved. It holds wherever you are signed in.");

        void Form(string path, Func<HttpContext, Database, Viewer, Task<string?>> store, string done) =>
            pages.MapPost(path, async (HttpContext http, Viewer viewer, Database database, PublicAddress address) =>
            {
                var problem = await store(http, database, viewer);
                return await ShowAsync(http, viewer, database, address, problem is null ? done : null, problem);
            });
    }

    static async Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database, PublicAddress address, string? done = null, string? problem = null) => await database.ReadAsync(async s =>
    {
        var own = await RepOptions.OfAsync(s, viewer.Rep.Id);
        return PageEndpoints.Show<OwnSettingsPage>(new
        {
            Viewer = viewer, Own = own, InForce = OutboundOptions.Of(address.Decide(new(), own, viewer.Rep.Email)), Done = done, Problem = problem,
            Time = await WorkingTimeForms.OfAsync(s, viewer), HasHours = await RepTimes.AreSetAsync(s, viewer.Rep.Id), Alerts = await AlertChoices.OfAsync(s, viewer.Rep.Id),
        }, problem is null ? 200 : 400);
    }, http.RequestAborted);

    static async Task<IResult> ChangeAsync(HttpContext http, Viewer viewer, Database database, PublicAddress address, TrackerSettings settings)
    {
        var (problem, _) = await MailWishes.StoreAsync(http, database, viewer.Rep.Id, viewer, settings);
        return await ShowAsync(http, viewer, database, address, problem is null ? "Your mail from now on is tracked like this." : null, problem);
    }
}

/// <summary>The form of what goes into a rep's mail, their own and as an administrator fills it in.</summary>
static class MailWishes
{
    /// <returns>What is wrong with the form; null when it was stored.</returns>
    public static async Task<(string? Problem, OutboundOptions Wanted)> StoreAsync(HttpContext http, Database database, long repId, Viewer viewer, TrackerSettings settings)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        string? Text(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
        bool? Flag(string name) => Text(name) switch { "yes" => true, "no" => false, _ => null };
        return await database.WriteAsync(async s =>
        {
            var was = await RepOptions.OfAsync(s, repId);
            var wanted = new OutboundOptions
            {
                Track = Text("track"), PlainTextLinks = Flag("plainTextLinks"), CalendarInvites = Flag("calendarInvites"), OptOutFooter = Text("optOutFooter"),
                // Every link of the mail leads there: for administrators only, as over REST.
                TrackingUrl = viewer.Rep.IsAdmin ? Text("trackingUrl") : was.TrackingUrl,
            };
            try
            {
                wanted = wanted.Checked();
                wanted.CheckConsent(settings);
            }
            catch (ProblemException e)
            {
                return (e.Message, wanted);
            }
            await RepOptions.PutAsync(s, repId, wanted, viewer.Now);
            return ((string?)null, wanted);
        }, http.RequestAborted);
    }
}
