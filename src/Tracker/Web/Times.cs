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
        if (!TryParse(text, out var time) && !TryParse(WithPlus(text), out time))
        {
            throw new ProblemException(Problems.Parameter(name, text, "a time such as 2026-03-02T09:30:00Z"));
        }
        return Past(name, time, now);
    }

    static bool TryParse(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    // The '+' of an offset that was not escaped in a query string arrives as a space; the space before the time of day is one.
    static string WithPlus(string text) => text.LastIndexOf(' ') is >= 0 and var at ? string.Concat(text.AsSpan(0, at), "+", text.AsSpan(at + 1)) : text;

    /// <exception cref="ProblemException">More than a day from now in the future, or before anything here can have happened.</exception>
    public static DateTimeOffset Past(string name, DateTimeOffset time, DateTimeOffset now) => time <= now.AddDays(1) && time.Year >= 2000
        ? time
        : throw new ProblemException(Problems.Parameter(name, time.ToString("O", CultureInfo.InvariantCulture), "a time between the year 2000 and one day from now"));
}
