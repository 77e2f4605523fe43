using System.Globalization;
using Tracker.Outbound;
using Tracker.SetUp;
using Tracker.Settings;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>How the server is set, to look at, and whether it works.</summary>
public static class ServerEndpoints
{
    public static void MapServer(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/server", (Viewer viewer, TrackerSettings settings, PublicAddress address) => PageEndpoints.Show<ServerPage>(new { Viewer = viewer, Settings = settings, PublicUrl = address.Url }));
        admin.MapGet("/check", (Viewer viewer) => PageEndpoints.Show<CheckPage>(new { Viewer = viewer }));
        admin.MapPost("/check", CheckAsync);
    }

    static async Task<IResult> CheckAsync(HttpContext http, Viewer viewer, SetUpChecks checks)
    {
        var told = (await RequestBody.FormAsync(http.Request))!["now"].ToString();
        // Past year 9999 there is no time.
        var now = long.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms < 253_402_300_799_999 ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : (DateTimeOffset?)null;
        return PageEndpoints.Show<CheckPage>(new { Viewer = viewer, Findings = await checks.RunAsync(now, http.RequestAborted) });
    }
}
