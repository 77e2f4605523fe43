using Tracker.FollowUp.Today;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Pages.Today;

/// <summary>The call list of the day.</summary>
public static class TodayPageEndpoints
{
    const int Shown = 100;

    public static void MapTodayPage(this IEndpointRouteBuilder pages) => pages.MapGet("/today", ShowAsync);

    static async Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database, TrackerSettings settings) => PageEndpoints.Show<TodayPage>(new
    {
        Viewer = viewer, Today = await database.ReadAsync(s => TodayBook.ReadAsync(s, viewer.Rep.Id, viewer.Rep.Email, Shown, settings.HeatScale, viewer.Now), http.RequestAborted),
    });
}
