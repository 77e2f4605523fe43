using System.Globalization;

namespace Tracker.Web;

/// <summary>Stored as Unix milliseconds, told as ISO 8601 in UTC.</summary>
public static class Times
{
    public static DateTimeOffset Of(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    public static DateTimeOffset? Of(long? ms) => ms is { } value ? Of(value) : null;

    public static long Ms(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <exception cref="ProblemException">Not a time with an offset, or more than a day from now in the future.</exception>
    public static DateTimeOffset? Parse(string name, string? text, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        // A '+' in a query string that was not escaped arrives as a space.
        if (!DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time))
        {
            throw new ProblemException(Problems.Parameter(name, text, "a time such as 2026-03-02T09:30:00Z"));
        }
        return Past(name, time, now);
    }

    /// <exception cref="ProblemException">More than a day from now in the future, or before anything here can have happened.</exception>
    public static DateTimeOffset Past(string name, DateTimeOffset time, DateTimeOffset now) => time <= now.AddDays(1) && time.Year >= 2000
        ? time
        : throw new ProblemException(Problems.Parameter(name, time.ToString("O", CultureInfo.InvariantCulture), "a time between the year 2000 and one day from now"));
}
