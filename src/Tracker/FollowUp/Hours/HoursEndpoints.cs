using System.Globalization;
using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Hours;

/// <param name="Day">monday to sunday.</param>
public sealed record DayHours(string? Day, string? From, string? To);

public sealed record DayOff(string? Day, string? Label = null);

/// <param name="TimeZone">IANA name such as Europe/Berlin.</param>
/// <param name="Hours">Days that are left out are no working days.</param>
public sealed record WorkingTimeView(string? TimeZone, IReadOnlyList<DayHours>? Hours, IReadOnlyList<DayOff>? DaysOff);

public static class HoursEndpoints
{
    const int MostDaysOff = 400;

    public static void MapHours(this IEndpointRouteBuilder api)
    {
        api.MapGet("/working-time", GetAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("getWorkingTime").WithSummary("When the rep works: zone, hours, days off").Produces<WorkingTimeView>()
            .ProducesProblems(Problems.RepNeeded, Problems.UnknownRep);
        api.MapPut("/working-time", PutAsync).RequireScope(Scopes.Send).WithTags("Follow-up").WithName("putWorkingTime").WithSummary("Sets when the rep works; what is planned keeps off the rest")
            .WithDescription("Replaces all of it. Calls that are owed on a day that becomes a day off move to the next one.").Produces<WorkingTimeView>()
            .ProducesProblems(Problems.InvalidJson, Problems.InvalidParameter, Problems.RepNeeded, Problems.UnknownRep);
    }

    sealed record OffRow
    {
        public string Day { get; init; } = "";
        public string? Label { get; init; }
    }

    public static async Task<WorkingTimeView> ViewAsync(Session session, long repId)
    {
        var time = await RepTimes.LoadAsync(session, repId);
        var off = await session.QueryAsync<OffRow>("select day, label from rep_days_off where rep_id = @repId order by day", new { repId });
        return new(time.Zone.Id, [.. time.ByDay.OrderBy(d => d.Key).Select(d => new DayHours(Names.Of(d.Key), HoursInput.Text(d.Value.From), HoursInput.Text(d.Value.To)))], [.. off.Select(o => new DayOff(o.Day, o.Label))]);
    }

    static async Task<IResult> GetAsync(HttpContext http, Caller caller, Database database, string? rep) =>
        TypedResults.Ok(await database.ReadAsync(async s => await ViewAsync(s, (await RepChoice.NeededAsync(s, caller, rep)).Id), http.RequestAborted));

    static async Task<IResult> PutAsync(HttpContext http, Caller caller, Database database, WorkingTimeView body, string? rep) =>
        TypedResults.Ok(await database.WriteAsync(async s => await StoreAsync(s, (await RepChoice.NeededAsync(s, caller, rep)).Id, body), http.RequestAborted));

    /// <exception cref="ProblemException">Something in it is no time zone, no time or no day.</exception>
    public static async Task<WorkingTimeView> StoreAsync(Session session, long repId, WorkingTimeView wanted)
    {
        if (wanted.TimeZone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(wanted.TimeZone, out var zone))
        {
            throw new ProblemException(Problems.Parameter("timeZone", wanted.TimeZone, "an IANA time zone such as Europe/Berlin"));
        }
        var byDay = wanted.Hours is { Count: > 0 } hours ? ByDay(hours) : RepTime.Usual(zone).ByDay;
        var off = DaysOff(wanted.DaysOff ?? []);
        await RepTimes.SaveAsync(session, repId, new(zone, byDay, off.Keys.ToHashSet()), off);
        await Rescheduling.OffDaysAsync(session, repId);
        return await ViewAsync(session, repId);
    }

    static Dictionary<DayOfWeek, (TimeSpan From, TimeSpan To)> ByDay(IReadOnlyList<DayHours> hours)
    {
        var byDay = new Dictionary<DayOfWeek, (TimeSpan From, TimeSpan To)>();
        foreach (var day in hours)
        {
            var (from, to) = (HoursInput.Minutes("hours.from", day?.From), HoursInput.Minutes("hours.to", day?.To));
            if (from is null || to is null || from >= to)
            {
                throw new ProblemException(Problems.Parameter("hours.to", day?.To, "a time of day later than 'from'"));
            }
            byDay[Names.Parse<DayOfWeek>("hours.day", day!.Day)] = (TimeSpan.FromMinutes(from.Value), TimeSpan.FromMinutes(to.Value));
        }
        return byDay;
    }

    static Dictionary<DateOnly, string?> DaysOff(IReadOnlyList<DayOff> days)
    {
        if (days.Count > MostDaysOff)
        {
            throw new ProblemException(Problems.Parameter("daysOff", $"{days.Count} days", $"at most {MostDaysOff} days"));
        }
        var off = new Dictionary<DateOnly, string?>();
        foreach (var day in days)
        {
            Texts.Line("daysOff.label", day?.Label);
            off[DateOnly.TryParseExact(day?.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? date : throw new ProblemException(Problems.Parameter("daysOff.day", day?.Day, "a day such as 2026-12-31"))] = day!.Label;
        }
        return off;
    }
}
