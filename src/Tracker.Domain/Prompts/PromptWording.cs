using System.Globalization;

namespace Tracker.Domain.Prompts;

/// <summary>What the prospect is looking at.</summary>
/// <param name="Subject">Of the mail.</param>
/// <param name="LinkLabel">Visible text of the link, or its address; null for an open.</param>
public sealed record LookedAt(string Subject, string? LinkLabel);

/// <summary>Says in plain words what a prospect did. Written for a glance: the most telling comes first.</summary>
public static class PromptWording
{
    public const string CallNow = "Call now: they are thinking about you.";

    public const string TakenBack = "Taken back: what looked like a person was a machine after all.";

    const int MaxLabel = 60;

    static readonly string[] Ordinals = ["", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

    /// <summary>For example "third look in 10 minutes, now on the “Pricing” link", then the mail, then earlier sittings if there were any.</summary>
    public static IReadOnlyList<string> Reasons(Sitting sitting, LookedAt at)
    {
        var look = sitting.Looks == 1 ? "first look" : $"{Ordinal(sitting.Looks)} look in {Span(sitting.LastAt - sitting.StartedAt)}";
        var where = at.LinkLabel is { } label ? $", now on the “{Short(label)}” link" : "";
        var reasons = new List<string> { look + where, $"reading “{Short(at.Subject)}”" };
        if (sitting.Number > 1)
        {
            reasons.Add($"came back: {Ordinal(sitting.Number)} time they sit down with it");
        }
        return reasons;
    }

    /// <summary>The same for a list read later: what they did, and how long ago.</summary>
    public static IReadOnlyList<string> HotReasons(Sitting sitting, long looks, long clicks, LookedAt at, DateTimeOffset now)
    {
        var reasons = new List<string>
        {
            $"last look {Ago(now - sitting.LastAt)}{(at.LinkLabel is { } label ? $", on the “{Short(label)}” link" : "")} of “{Short(at.Subject)}”",
            $"{Count(looks, "look")} in {Count(sitting.Number, "sitting")}",
        };
        if (clicks > 0)
        {
            reasons.Add(Count(clicks, "click"));
        }
        return reasons;
    }

    static string Count(long n, string thing) => string.Create(CultureInfo.InvariantCulture, $"{n} {thing}{(n == 1 ? "" : "s")}");

    static string Ordinal(int n) => n < Ordinals.Length ? Ordinals[n] : string.Create(CultureInfo.InvariantCulture, $"{n}{Suffix(n)}");

    static string Suffix(int n) => (n % 100) switch
    {
        11 or 12 or 13 => "th",
        _ => (n % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" },
    };

    static string Span(TimeSpan span) => span < TimeSpan.FromMinutes(1) ? "a minute"
        : span < TimeSpan.FromHours(2) ? Count((long)Math.Ceiling(span.TotalMinutes), "minute")
        : Count((long)Math.Ceiling(span.TotalHours), "hour");

    static string Ago(TimeSpan span) => span < TimeSpan.FromMinutes(1) ? "just now"
        : span < TimeSpan.FromHours(2) ? Count((long)span.TotalMinutes, "minute") + " ago"
        : span < TimeSpan.FromDays(2) ? Count((long)span.TotalHours, "hour") + " ago"
        : Count((long)span.TotalDays, "day") + " ago";

    static string Short(string text)
    {
        if (text.Length <= MaxLabel)
        {
            return text;
        }
        // Not through the middle of a character that takes two.
        var end = char.IsHighSurrogate(text[MaxLabel - 2]) ? MaxLabel - 2 : MaxLabel - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
