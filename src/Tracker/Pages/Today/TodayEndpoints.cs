using Tracker.FollowUp;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Today;

/// <summary>The call list of the day.</summary>
public static class TodayEndpoints
{
    const int Shown = 200;

    public static void MapToday(this IEndpointRouteBuilder pages) => pages.MapGet("/today", ShowAsync);

    static Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database) => database.ReadAsync<IResult>(async s =>
    {
        var end = PageTimes.Local(viewer.Now, viewer).Date.AddDays(1);
        var until = new DateTimeOffset(end, viewer.Zone.GetUtcOffset(end));
        var owed = await Obligations.DueAsync(s, viewer.Rep.Id, until, Shown);
        var people = await ProspectNames.LoadAsync(s, [.. owed.Select(o => o.ProspectId).Distinct()]);
        return PageEndpoints.Show<TodayPage>(new { Viewer = viewer, Items = (IReadOnlyList<TodayLine>)[.. owed.Select(o => new TodayLine(o, people.Of(o.ProspectId) ?? "", people.PhoneOf(o.ProspectId)))] });
    }, http.RequestAborted);
}

public sealed record TodayLine(DueObligation Owed, string Who, string? Phone);
