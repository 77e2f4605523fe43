using System.Globalization;
using Tracker.Access;
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

    static async Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database, TrackerSettings settings, string? rep, string? company) =>
        await database.ReadAsync(async s =>
        {
            var query = await QueryAsync(s, viewer, rep, company, Shown);
            return PageEndpoints.Show<HotPage>(new
            {
                Viewer = viewer, People = await HotLists.ProspectsAsync(s, query, settings.HeatScale, viewer.Now), RepFilter = rep, CompanyFilter = company,
                Companies = company is null ? await HotLists.CompaniesAsync(s, query with { Limit = 8 }, settings.HeatScale, viewer.Now) : [],
                Team = viewer.Sees is null ? await Reps.ListAsync(s) : [],
            });
        }, http.RequestAborted);

    static async Task<IResult> FileAsync(HttpContext http, Viewer viewer, Database database, TrackerSettings settings, string? rep, string? company)
    {
        var people = await database.ReadAsync(async s => await HotLists.ProspectsAsync(s, await QueryAsync(s, viewer, rep, company, InFile), settings.HeatScale, viewer.Now), http.RequestAborted);
        http.Response.Headers.ContentDisposition = "attachment; filename=\"hot.csv\"";
        return Results.Text(Csv.Of([
            ["name", "email", "phone", "company", "heat", "last_engaged_at", "reasons"],
            .. people.Select(p => (string?[])
            [
                p.Name, p.Email, p.Phone, p.Company, p.Heat.ToString("0.00", CultureInfo.InvariantCulture), p.LastEngagedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                string.Join("; ", p.Reasons),
            ]),
        ]), Csv.MediaType);
    }

    /// <summary>Who sees only their own may name whom they like: it stays their own.</summary>
    static async Task<HotQuery> QueryAsync(Session session, Viewer viewer, string? rep, string? company, int limit)
    {
        var chosen = viewer.Sees is null && !string.IsNullOrEmpty(rep) ? (await Reps.FindAsync(session, rep))?.Id : null;
        return new(viewer.Sees ?? chosen, HeatScale.Cold + 1, null, string.IsNullOrWhiteSpace(company) ? null : company.Trim(), limit);
    }
}
