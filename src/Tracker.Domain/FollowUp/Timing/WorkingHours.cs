namespace Tracker.Domain.FollowUp;

/// <summary>Part of the days of a week, in one zone: working hours, or the hours agreed for calls.</summary>
/// <param name="From">Time of day, inclusive.</param>
/// <param name="To">Time of day, exclusive; later than <paramref name="From"/>.</param>
public sealed record WorkingHours(TimeZoneInfo Zone, IReadOnlySet<DayOfWeek> Days, TimeSpan From, TimeSpan To)
{
    /// <summary>Monday to Friday, as in most of the countries that this is used in. An assumption where nothing is known.</summary>
    public static readonly IReadOnlySet<DayOfWeek> WorkingDays =
        new HashSet<DayOfWeek> { DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday };

    /// <summary>Nine to five: what an office is open for nearly anywhere. An assumption where nothing is known.</summary>
    public static WorkingHours Usual(TimeZoneInfo zone) => new(zone, WorkingDays, TimeSpan.FromHours(9), TimeSpan.FromHours(17));

    /// <returns>Begin and end on that day of their calendar; null when it is not one of theirs.</returns>
    public (DateTimeOffset From, DateTimeOffset To)? On(DateOnly day) =>
        Days.Contains(day.DayOfWeek) && Moment(Zone, day, From) is var from && Moment(Zone, day, To) is var to && to > from ? (from, to) : null;

    public bool IsOpen(DateTimeOffset at) => On(DayOf(Zone, at)) is { } span && at >= span.From && at < span.To;

    public static DateOnly DayOf(TimeZoneInfo zone, DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>A time of day as a moment. One that the change to summer time leaves out is an hour later.</summary>
    public static DateTimeOffset Moment(TimeZoneInfo zone, DateOnly day, TimeSpan time)
    {
        var local = day.ToDateTime(TimeOnly.MinValue) + time;
        if (zone.IsInvalidTime(local))
        {
            local += TimeSpan.FromHours(1);
        }
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}

/// <summary>When a rep works.</summary>
/// <param name="ByDay">Hours of each working day; a day that is left out is none.</param>
/// <param name="DaysOff">In the rep's calendar.</param>
public sealed record RepTime(TimeZoneInfo Zone, IReadOnlyDictionary<DayOfWeek, (TimeSpan From, TimeSpan To)> ByDay, IReadOnlySet<DateOnly> DaysOff)
{
    public static RepTime Usual(TimeZoneInfo zone) => new(
        zone, WorkingHours.WorkingDays.ToDictionary(d => d, _ => (TimeSpan.FromHours(9), TimeSpan.FromHours(17))), new HashSet<DateOnly>());

    public bool Works(DateOnly day) => ByDay.ContainsKey(day.DayOfWeek) && !DaysOff.Contains(day);

    public DateOnly DayOf(DateTimeOffset at) => WorkingHours.DayOf(Zone, at);

    public bool IsOpen(DateTimeOffset at) => On(DayOf(at)) is { } span && at >= span.From && at < span.To;

    public (DateTimeOffset From, DateTimeOffset To)? On(DateOnly day) =>
        Works(day) ? (WorkingHours.Moment(Zone, day, ByDay[day.DayOfWeek].From), WorkingHours.Moment(Zone, day, ByDay[day.DayOfWeek].To)) : null;
}
