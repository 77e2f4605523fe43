namespace Tracker.SetUp;

public enum FindingState
{
    Fine,

    /// <summary>Works, and is worth knowing.</summary>
    Note,
    Wrong,
}

/// <summary>What one check found.</summary>
/// <param name="Name">What was looked at, such as "Public address".</param>
/// <param name="Text">In plain words, what is.</param>
/// <param name="WayOut">What to do about it; null when nothing has to be done.</param>
public sealed record Finding(string Name, FindingState State, string Text, string? WayOut)
{
    public static Finding Fine(string name, string text) => new(name, FindingState.Fine, text, null);

    public static Finding Note(string name, string text, string? wayOut = null) => new(name, FindingState.Note, text, wayOut);

    public static Finding Wrong(string name, string text, string wayOut) => new(name, FindingState.Wrong, text, wayOut);
}
