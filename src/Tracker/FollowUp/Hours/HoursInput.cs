using System.Globalization;
using Tracker.Web;

namespace Tracker.FollowUp.Hours;

public static class HoursInput
{
    /// <summary>Minutes after midnight; null stays null.</summary>
    /// <exception cref="ProblemException">Not a time of day.</exception>
    public static long? Minutes(string name, string? text) => text switch
    {
        null or "" => null,
        "24:00" => 24 * 60,
        _ when TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) => (long)time.ToTimeSpan().TotalMinutes,
        _ => throw new ProblemException(Problems.Parameter(name, text, "a time of day such as 10:30")),
    };

    public static string Text(TimeSpan time) => time == TimeSpan.FromDays(1) ? "24:00" : time.ToString(@"hh\:mm", CultureInfo.InvariantCulture);
}
