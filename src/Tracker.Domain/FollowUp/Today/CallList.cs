namespace Tracker.Domain.FollowUp;

/// <summary>Parts of the call list, in their order.</summary>
public enum CallSection
{
    /// <summary>They are reading now.</summary>
    Live,

    /// <summary>They were reading, and nobody called.</summary>
    Missed,

    /// <summary>A touch is due.</summary>
    Owed,

    /// <summary>They never answer and keep looking.</summary>
    Reading,
}

/// <summary>What orders the list.</summary>
/// <param name="At">Live: the last look. Missed and owed: since when it is due. Reading: the last look.</param>
/// <param name="Heat">Points now.</param>
/// <param name="Value">Of the deal, in the team's currency; 0 when there is none.</param>
public readonly record struct CallEntry(CallSection Section, DateTimeOffset At, double Heat, double Value, long Id);

public static class CallList
{
    /// <summary>Touches are as urgent as they are overdue, in these steps: what is a week late does not wait behind what is due today.</summary>
    static readonly double[] UrgencyDays = [7, 3, 1];

    /// <summary>Live prompts first, the freshest of them on top; then missed ones; then owed touches by urgency, heat and value; then who reads in silence.</summary>
    public static int Compare(CallEntry a, CallEntry b, DateTimeOffset now)
    {
        if (a.Section != b.Section)
        {
            return a.Section.CompareTo(b.Section);
        }
        var bySection = a.Section switch
        {
            CallSection.Live => b.At.CompareTo(a.At),
            CallSection.Owed => Urgency(a.At, now).CompareTo(Urgency(b.At, now)),
            _ => 0,
        };
        return bySection != 0 ? bySection
            : Math.Round(a.Heat) != Math.Round(b.Heat) ? b.Heat.CompareTo(a.Heat)
            : a.Value != b.Value ? b.Value.CompareTo(a.Value)
            : a.At != b.At ? a.At.CompareTo(b.At)
            : a.Id.CompareTo(b.Id);
    }

    /// <returns>0 for the most urgent.</returns>
    public static int Urgency(DateTimeOffset dueAt, DateTimeOffset now)
    {
        var late = (now - dueAt).TotalDays;
        return Array.FindIndex(UrgencyDays, d => late >= d) is >= 0 and var step ? step : UrgencyDays.Length;
    }
}
