using System.Globalization;
using Tracker.Domain.FollowUp;
using Tracker.Storage;

namespace Tracker.FollowUp.Hours;

/// <summary>When reps work, as stored.</summary>
public static class RepTimes
{
    sealed record HourRow
    {
        public long Weekday { get; init; }
        public long FromMin { get; init; }
        public long ToMin { get; init; }
    }

    /// <summary>Whether the rep has said when they work; until then it is assumed.</summary>
    public static async Task<bool> AreSetAsync(Session session, long repId) => await session.ScalarAsync<long>("select count(*) from rep_zones where rep_id = @repId", new { repId }) > 0;

    public static async Task<RepTime> LoadAsync(Session session, long repId)
    {
        var zone = await session.ScalarAsync<string>("select time_zone from rep_zones where rep_id = @repId", new { repId }) is { } name
            && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var known) ? known : TimeZoneInfo.Utc;
        var hours = await session.QueryAsync<HourRow>("select weekday, from_min, to_min from rep_hours where rep_id = @repId", new { repId });
        var off = await session.QueryAsync<string>("select day from rep_days_off where rep_id = @repId", new { repId });
        var usual = RepTime.Usual(zone);
        return new(
            zone,
            hours.Count == 0 ? usual.ByDay : hours.ToDictionary(h => (DayOfWeek)h.Weekday, h => (TimeSpan.FromMinutes(h.FromMin), TimeSpan.FromMinutes(h.ToMin))),
            off.Select(d => DateOnly.ParseExact(d, "yyyy-MM-dd", CultureInfo.InvariantCulture)).ToHashSet());
    }

    public static async Task SaveAsync(Session session, long repId, RepTime time, IReadOnlyDictionary<DateOnly, string?> daysOff)
    {
        foreach (var table in (string[])["rep_hours", "rep_zones", "rep_days_off"])
        {
            await session.ExecuteAsync($"delete from {table} where rep_id = @repId", new { repId });
        }
        await session.ExecuteAsync("insert into rep_zones (rep_id, time_zone) values (@repId, @zone)", new { repId, zone = time.Zone.Id });
        foreach (var (day, span) in time.ByDay)
        {
            await session.ExecuteAsync(
                "insert into rep_hours (rep_id, weekday, from_min, to_min) values (@repId, @day, @from, @to)",
                new { repId, day = (long)day, from = (long)span.From.TotalMinutes, to = (long)span.To.TotalMinutes });
        }
        foreach (var (day, label) in daysOff)
        {
            await session.ExecuteAsync("insert into rep_days_off (rep_id, day, label) values (@repId, @day, @label)", new { repId, day = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), label });
        }
    }
}
