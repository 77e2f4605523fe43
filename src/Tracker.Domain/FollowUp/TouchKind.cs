namespace Tracker.Domain.FollowUp;

/// <summary>How a prospect can be touched. Told and stored by the names in <see cref="NextStep.Kinds"/>.</summary>
public enum TouchKind
{
    Call,
    Voicemail,
    Email,

    /// <summary>Written by hand.</summary>
    Note,
    Card,

    /// <summary>Small enough to be accepted anywhere.</summary>
    Gift,
    Visit,

    /// <summary>The person who referred them is asked for insight or an introduction.</summary>
    Referrer,

    /// <summary>In person or on screen, in both calendars.</summary>
    Meeting,
}

public static class TouchKinds
{
    public static string Name(TouchKind kind) => NextStep.Kinds[(int)kind];

    /// <returns>Null for a name that is none, and for <c>stop</c>.</returns>
    public static TouchKind? Parse(string? name)
    {
        for (var i = 0; i < NextStep.Kinds.Count; i++)
        {
            if (NextStep.Kinds[i] == name && name != NextStep.Stop)
            {
                return (TouchKind)i;
            }
        }
        return null;
    }

    /// <summary>Speaks to somebody at a certain minute, so it needs their hours and ours. Mail and cards lie until they are read.</summary>
    public static bool NeedsTheirHours(TouchKind kind) => kind is TouchKind.Call or TouchKind.Voicemail or TouchKind.Visit or TouchKind.Meeting;

    /// <summary>A voicemail is left in a call, so it counts as the same kind where kinds are to be switched.</summary>
    public static bool IsPhone(TouchKind kind) => kind is TouchKind.Call or TouchKind.Voicemail;
}
