using System.Globalization;
using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.Domain.Scoring;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Hot;

/// <summary>The hot list as a page and as a file.</summary>
public static class HotPageEndpoints
{
    const int Shown = 100, InFile = 1000;

    public static void MapHotPage(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/hot", ShowAsync);
        pages.MapGet("/hot.csv", FileAsync);
    }

    static async Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database, TrackerSettings settings, string? rep, string? company, string? stage) =>
        await database.ReadAsync(async s =>
        {
            var query = await QueryAsync(s, viewer, rep, company, stage, Shown);
            var (people, stages) = await PeopleAsync(s, query, settings, viewer);
            return PageEndpoints.Show<HotPage>(new
            {
                Viewer = viewer, People = people, Labels = stages, RepFilter = rep, CompanyFilter = query.Company, StageFilter = query.Stage,
                Companies = query is { Company: null, Stage: null } ? await HotLists.CompaniesAsync(s, query with { Limit = 8 }, settings.HeatScale, viewer.Now) : [],
                Team = viewer.Sees is null ? await Reps.ListAsync(s) : [],
            });
        }, http.RequestAborted);

    /// <summary>The hottest, and by id the label of the stage in which they stand.</summary>
    static async Task<(IReadOnlyList<HotProspect> People, IReadOnlyDictionary<string, string> Stages)> PeopleAsync(Session session, HotQuery query, TrackerSettings settings, Viewer viewer)
    {
        var people = await HotLists.ProspectsAsync(session, query, settings.HeatScale, viewer.Now);
        var stages = await ProspectStages.OfAsync(session, [.. people.Select(p => Ids.Parse(p.Id)!.Value)], query.RepId);
        return (people, stages.ToDictionary(s => Ids.Text(s.Key), s => Stages.Of(Names.Parse<Stage>("stage", s.Value)).Label));
    }

    static async Task<IResult> FileAsync(HttpContext http, Viewer viewer, Database database, TrackerSettings settings, string? rep, string? company, string? stage)
    {
        var (people, stages) = await database.ReadAsync(async s => await PeopleAsync(s, await QueryAsync(s, viewer, rep, company, stage, InFile), settings, viewer), http.RequestAborted);
        http.Response.Headers.ContentDisposition = "attachment; filename=\"hot.csv\"";
        return Results.Text(Csv.Of([
            ["name", "email", "phone", "company", "stage", "heat", "last_engaged_at", "reasons"],
            .. people.Select(p => (string?[])
            [
                p.Name, p.Email, p.Phone, p.Company, stages.GetValueOrDefault(p.Id), p.Heat.ToString("0.00", CultureInfo.InvariantCulture), p.LastEngagedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                string.Join("; ", p.Reasons),
            ]),
        ]), Csv.MediaType);
    }

    /// <summary>Who sees only their own may name whom they like: it stays their own.</summary>
    static async Task<HotQuery> QueryAsync(Session session, Viewer viewer, string? rep, string? company, string? stage, int limit)
    {
        var chosen = viewer.Sees is null && !string.IsNullOrEmpty(rep) ? (await Reps.FindAsync(session, rep))?.Id : null;
        return new(viewer.Sees ?? chosen, HeatScale.Cold + 1, null, string.IsNullOrWhiteSpace(company) ? null : company.Trim(), limit,
            Stages.All.Select(d => Names.Of(d.Stage)).FirstOrDefault(name => name == stage));
    }
}
