using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Tracker.Access;
using Tracker.Domain.Scoring;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prospects;

public static class HotEndpoints
{
    const int DefaultLimit = 20;

    public static void MapHot(this IEndpointRouteBuilder api)
    {
        api.MapGet("/prospects/hot", ProspectsAsync).RequireScope(Scopes.Read).WithTags("Prospects").WithName("hotProspects")
            .WithSummary("Who is thinking about you, hottest first")
            .WithDescription("`minHeat` in points; `since` a time; `company` a mail domain or name; `rep` an address, for keys that see everybody. `If-None-Match` with the ETag answers 304 while nothing changed.")
            .Produces<HotList<HotProspect>>().ProducesProblems(Problems.InvalidParameter, Problems.UnknownRep);
        api.MapGet("/companies/hot", CompaniesAsync).RequireScope(Scopes.Read).WithTags("Prospects").WithName("hotCompanies")
            .WithSummary("The same by company: the heat of all its people together")
            .Produces<HotList<HotCompany>>().ProducesProblems(Problems.InvalidParameter, Problems.UnknownRep);
    }

    static Task<IResult> ProspectsAsync(
        HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time, int? limit, double? minHeat, string? since, string? rep, string? company) =>
        ListAsync(http, caller, database, settings, time, limit, minHeat, since, rep, company, HotLists.ProspectsAsync, p => new { p.Id, p.LastEngagedAt, p.PromptId, p.Name, p.Phone, p.Company });

    static Task<IResult> CompaniesAsync(
        HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time, int? limit, double? minHeat, string? since, string? rep) =>
        ListAsync(http, caller, database, settings, time, limit, minHeat, since, rep, null, HotLists.CompaniesAsync, c => new { c.Id, c.LastEngagedAt, c.People });

    static async Task<IResult> ListAsync<T>(
        HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time, int? limit, double? minHeat, string? since, string? rep, string? company,
        Func<Session, HotQuery, HeatScale, DateTimeOffset, Task<IReadOnlyList<T>>> list, Func<T, object> tagged)
    {
        var now = time.GetUtcNow();
        if (minHeat is < 0 or > 1e15 or double.NaN)
        {
            return Problems.Parameter("minHeat", minHeat.Value.ToString(CultureInfo.InvariantCulture), "points, 0 or more");
        }
        // One above cold: whoever never engaged is not on a hot list.
        var minKey = Math.Max(HeatScale.Cold + 1, settings.HeatScale.KeyOf(minHeat ?? 0, now));
        var (most, from) = (Paging.Limit(limit, DefaultLimit), Times.Parse("since", since, now));
        var items = await database.ReadAsync(async s =>
        {
            var owner = await RepChoice.OptionalAsync(s, caller, rep);
            return await list(s, new(owner?.Id, minKey, from?.Ms(), company, most), settings.HeatScale, now);
        }, http.RequestAborted);
        // Heat falls all the time, for everybody alike; the list has changed when who is on it or what they did has.
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(items.Select(tagged))).AsSpan(0, 12))}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "private, no-cache";
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag == tag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(new HotList<T>(now, items));
    }
}
