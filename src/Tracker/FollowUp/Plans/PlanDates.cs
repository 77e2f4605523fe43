using System.Globalization;
using Tracker.Domain.FollowUp;
using Tracker.Storage;

namespace Tracker.FollowUp.Plans;

/// <summary>Dates of a prospect that a touch may hang on.</summary>
public static class PlanDates
{
    public static readonly IReadOnlyList<string> Kinds = ["contractEnd", "budget", "holiday", "birthday", "event", "other"];

    /// <summary>Nobody wants to be called at midnight: a date is its morning.</summary>
    static readonly TimeSpan Morning = TimeSpan.FromHours(9);

    sealed record Row
    {
        public string Kind { get; init; } = "";
        public string Day { get; init; } = "";
    }

    /// <summary>The next date of each kind.</summary>
    public static async Task<Dictionary<string, DateTimeOffset>> AnchorsAsync(Session session, long prospectId, DateTimeOffset now)
    {
        var today = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var rows = await session.QueryAsync<Row>("select kind, min(day) as day from prospect_dates where prospect_id = @prospectId and day >= @today group by kind", new { prospectId, today });
        return rows.ToDictionary(r => r.Kind, r => WorkingHours.Moment(TimeZoneInfo.Utc, DateOnly.ParseExact(r.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture), Morning));
    }
}
