using Tracker.Engagement;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.People;

/// <summary>Prospects and companies: to look at, to add, to change.</summary>
public static class PeopleEndpoints
{
    const int Shown = 60, CompanyPeople = 20, ShownEach = 20;

    public static void MapPeople(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/prospects/new", (Viewer viewer) => PageEndpoints.Show<NewProspectPage>(new { Viewer = viewer }));
        pages.MapPost("/prospects", AddProspect.RunAsync);
        pages.MapGet("/prospects/{id}", ShowAsync);
        pages.MapPost("/prospects/{id}", ChangeAsync);
        pages.MapPost("/prospects/{id}/mute", MuteAsync);
        pages.MapGet("/companies/{id}", CompanyAsync);
    }

    static Task<IResult> ShowAsync(string id, HttpContext http, Viewer viewer, Database database, TrackerSettings settings, string? after, string? done) =>
        PageAsync(id, http, viewer, database, settings, after, done == "added" ? "Added. Everything you send them will stand here." : done == "saved" ? "Saved." : null, null);

    static Task<IResult> PageAsync(string id, HttpContext http, Viewer viewer, Database database, TrackerSettings settings, string? after, string? done, string? wrongZone) =>
        database.ReadAsync(async s =>
        {
            if (await ProspectReader.FindAsync(s, Ids.Parse(id), viewer.Sees, settings.HeatScale, viewer.Now) is not { } prospect)
            {
                return Missing(viewer, "prospect");
            }
            var theirs = prospect.TimeZone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : viewer.Zone;
            var page = await Timelines.OfProspectAsync(s, Ids.Parse(id)!.Value, viewer.Sees, Shown, Cursor.Parse(after));
            return PageEndpoints.Show<ProspectPage>(new
            {
                Viewer = viewer, P = prospect, page.Next, Done = done, WrongZone = wrongZone, ZoneName = theirs.Id,
                Habits = await ReadingHabits.OfAsync(s, [Ids.Parse(id)!.Value], viewer.Sees, theirs, settings.HeatScale, settings.HeatWeights, viewer.Now),
                Items = (IReadOnlyList<(TimelineItem, string?)>)[.. page.Items.Select(i => (i, (string?)null))],
            }, wrongZone is null ? 200 : 400);
        }, http.RequestAborted);

    static async Task<IResult> ChangeAsync(string id, HttpContext http, Viewer viewer, Database database, TrackerSettings settings)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        string? Text(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
        foreach (var name in (string[])["name", "phone", "company"])
        {
            Texts.Line(name, Text(name));
        }
        if (Text("timeZone") is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            return await PageAsync(id, http, viewer, database, settings, null, null, $"“{zone}” is no time zone. It takes a name such as Europe/Berlin or America/New_York.");
        }
        var known = await database.WriteAsync(async s =>
        {
            if (await ProspectReader.FindAsync(s, Ids.Parse(id), viewer.Sees, settings.HeatScale, viewer.Now) is not { } prospect)
            {
                return false;
            }
            await ProspectBook.PutAsync(s, new(prospect.Email, form["name"].ToString().Trim(), form["phone"].ToString().Trim(), Text("company"), form["timeZone"].ToString().Trim()), null, viewer.Now);
            return true;
        }, http.RequestAborted);
        return known ? TypedResults.Redirect($"/prospects/{id}?done=saved") : Missing(viewer, "prospect");
    }

    static async Task<IResult> MuteAsync(string id, HttpContext http, Viewer viewer, Database database, TrackerSettings settings)
    {
        var muted = (await RequestBody.FormAsync(http.Request))?["muted"].ToString() == "yes";
        var known = await database.WriteAsync(s => ProspectBook.MuteAsync(s, Ids.Parse(id), muted, viewer.Sees, settings.HeatScale, viewer.Now), http.RequestAborted);
        return known is null ? Missing(viewer, "prospect") : TypedResults.Redirect($"/prospects/{id}");
    }

    static Task<IResult> CompanyAsync(string id, HttpContext http, Viewer viewer, Database database, TrackerSettings settings) => database.ReadAsync(async s =>
    {
        if (await CompanyReader.FindAsync(s, Ids.Parse(id) ?? 0, viewer.Sees, settings.HeatScale, viewer.Now) is not { } company)
        {
            return Missing(viewer, "company");
        }
        var items = new List<(TimelineItem Item, string? Who)>();
        foreach (var person in company.People.Take(CompanyPeople))
        {
            var page = await Timelines.OfProspectAsync(s, Ids.Parse(person.Id)!.Value, viewer.Sees, ShownEach, null);
            items.AddRange(page.Items.Select(i => (i, (string?)(person.Name ?? person.Email))));
        }
        return PageEndpoints.Show<CompanyPage>(new
        {
            Viewer = viewer, C = company, ZoneName = viewer.Zone.Id,
            Habits = await ReadingHabits.OfAsync(
                s, company.People.Take(CompanyPeople).Select(p => Ids.Parse(p.Id)!.Value), viewer.Sees, viewer.Zone, settings.HeatScale, settings.HeatWeights, viewer.Now),
            Items = (IReadOnlyList<(TimelineItem, string?)>)[.. items.OrderByDescending(i => i.Item.At).Take(Shown)],
        });
    }, http.RequestAborted);

    public static IResult Missing(Viewer viewer, string what) => PageEndpoints.Show<MissingPage>(new { Viewer = viewer, What = what }, StatusCodes.Status404NotFound);
}
