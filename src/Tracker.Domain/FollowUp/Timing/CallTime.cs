using System.Globalization;

namespace Tracker.Domain.FollowUp;

/// <summary>Where a best time to call comes from, the strongest first.</summary>
public enum CallTimeSource
{
    Agreed,
    Learned,
    WorkingHours,
}

/// <param name="Sample">Calls that it rests on; 0 unless it was learned.</param>
/// <param name="Text">For the rep, with the sample's size.</param>
public sealed record CallTime(WorkingHours Hours, CallTimeSource Source, int Sample, string Text);

/// <summary>Calls begun in one hour of their day, and how many of them were answered.</summary>
public readonly record struct HourCalls(int Hour, int Tried, int Answered);

public static class CallTimes
{
    /// <summary>Below this many calls a person's hours say nothing. An assumption: with fewer, one answered call decides.</summary>
    public const int LeastCalls = 6;

    /// <summary>How many calls of a colleague the team's rate weighs as much as, when a person's own are few. An assumption.</summary>
    public const double PriorCalls = 4;

    /// <summary>A learned time is a stretch of this many hours: long enough to be kept, short enough to say something.</summary>
    public const int LearnedHours = 2;

    const int FirstHour = 8, LastHour = 18;

    /// <summary>Agreed with them; else learned from their answered and unanswered calls; else working hours of their zone.</summary>
    /// <param name="agreed">Null: nothing was agreed.</param>
    /// <param name="calls">Their own calls by hour of their day.</param>
    /// <param name="teamRate">Share of all the team's calls that are answered, 0 to 1.</param>
    public static CallTime Best(TimeZoneInfo zone, WorkingHours? agreed, IReadOnlyList<HourCalls> calls, double teamRate)
    {
        if (agreed is not null)
        {
            return new(agreed, CallTimeSource.Agreed, 0, $"agreed with them: {Span(agreed)}");
        }
        var usual = WorkingHours.Usual(zone);
        var sample = calls.Sum(c => c.Tried);
        if (!CanLearn(calls))
        {
            return new(usual, CallTimeSource.WorkingHours, 0, $"working hours of their zone: {Span(usual)}");
        }
        var best = Enumerable.Range(FirstHour, LastHour - LearnedHours - FirstHour + 1).MaxBy(hour => (Rate(calls, hour, teamRate), -hour));
        var hours = usual with { From = TimeSpan.FromHours(best), To = TimeSpan.FromHours(best + LearnedHours) };
        var rate = Rate(calls, best, teamRate);
        return new(hours, CallTimeSource.Learned, sample, string.Create(CultureInfo.InvariantCulture, $"learned from {sample} calls: {Span(hours)} ({rate:P0} answered, smoothed)"));
    }

    /// <summary>Whether a person's own calls say anything; only then is the team's rate asked for.</summary>
    public static bool CanLearn(IReadOnlyList<HourCalls> calls) => calls.Sum(c => c.Tried) >= LeastCalls && calls.Any(c => c.Answered > 0);

    /// <summary>(answered + prior × team rate) / (tried + prior): few calls pull little, many say what they say.</summary>
    public static double Rate(IReadOnlyList<HourCalls> calls, int fromHour, double teamRate)
    {
        var inside = calls.Where(c => c.Hour >= fromHour && c.Hour < fromHour + LearnedHours).ToList();
        return (inside.Sum(c => c.Answered) + PriorCalls * teamRate) / (inside.Sum(c => c.Tried) + PriorCalls);
    }

    /// <summary>What is said of a person whose zone nobody has told: the rep's stands in for it.</summary>
    public static string OfUnknownZone(WorkingHours hours) => $"{Days(hours)} your time: their time zone is not known";

    static string Span(WorkingHours h) => Days(h) + " their time";

    static string Days(WorkingHours h)
    {
        var days = h.Days.SetEquals(WorkingHours.WorkingDays) ? "Monday to Friday" : string.Join(", ", h.Days.Order().Select(d => d.ToString()));
        return string.Create(CultureInfo.InvariantCulture, $@"{days}, {h.From:hh\:mm} to {h.To:hh\:mm}");
    }
}
