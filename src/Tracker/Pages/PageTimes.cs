using System.Globalization;

namespace Tracker.Pages;

/// <summary>Moments as pages show them: in the rep's zone, 24 hours, the month as a word so that no one mistakes it for the day. The module time.js says the same.</summary>
public static class PageTimes
{
    public static string Text(DateTimeOffset at, string form, Viewer viewer) => form switch
    {
        "ago" => Ago(viewer.Now - at),
        "day" => Day(at, viewer),
        "full" => Full(at, viewer),
        _ => Clock(at, viewer),
    };

    public static string Full(DateTimeOffset at, Viewer viewer) => $"{Day(at, viewer)}, {Local(at, viewer):HH:mm}";

    public static string Ago(TimeSpan age) => age < TimeSpan.FromMinutes(1) ? "just now"
        : age < TimeSpan.FromHours(1) ? $"{(int)age.TotalMinutes} min ago"
        : age < TimeSpan.FromDays(1) ? $"{(int)age.TotalHours} h ago"
        : $"{(int)age.TotalDays} d ago";

    /// <summary>The value of an input of type datetime-local.</summary>
    public static string Input(DateTimeOffset at, Viewer viewer) => Local(at, viewer).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    /// <summary>What an input of type datetime-local holds, taken as the rep's local time.</summary>
    /// <returns>Null when it holds no time.</returns>
    public static DateTimeOffset? OfInput(string? text, Viewer viewer)
    {
        if (!DateTime.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return null;
        }
        // In the hour that a clock change leaves out there is no such time: the offset before it stands.
        return new DateTimeOffset(local, viewer.Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    public static DateTimeOffset Local(DateTimeOffset at, Viewer viewer) => TimeZoneInfo.ConvertTime(at, viewer.Zone);

    static string Clock(DateTimeOffset at, Viewer viewer) =>
        Local(at, viewer).Date == Local(viewer.Now, viewer).Date ? Local(at, viewer).ToString("HH:mm", CultureInfo.InvariantCulture) : Full(at, viewer);

    static string Day(DateTimeOffset at, Viewer viewer) =>
        Local(at, viewer).ToString(Local(at, viewer).Year == Local(viewer.Now, viewer).Year ? "ddd d MMM" : "ddd d MMM yyyy", CultureInfo.InvariantCulture);
}
