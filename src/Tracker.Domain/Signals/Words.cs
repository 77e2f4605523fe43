namespace Tracker.Domain.Signals;

/// <summary>Numbers as a rep reads them.</summary>
static class Words
{
    /// <summary>Rounded up to whole seconds: "1 s".</summary>
    public static string Seconds(TimeSpan span) => $"{Math.Max(1, (int)Math.Ceiling(span.TotalSeconds))} s";

    public static string Span(TimeSpan span) =>
        span < TimeSpan.FromMinutes(2) ? Seconds(span)
        : span < TimeSpan.FromHours(2) ? $"{(int)Math.Round(span.TotalMinutes)} min"
        : span < TimeSpan.FromDays(2) ? $"{(int)Math.Round(span.TotalHours)} h"
        : $"{(int)Math.Round(span.TotalDays)} days";
}
