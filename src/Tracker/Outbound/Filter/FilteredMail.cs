namespace Tracker.Outbound.Filter;

/// <summary>What became of a mail.</summary>
public enum FilterOutcome
{
    /// <summary>Instrumented.</summary>
    Tracked,

    /// <summary>A rep's mail that is stored, but cannot or must not be tracked.</summary>
    Untracked,
    Internal,
    NoRep,

    /// <summary>No mail that can be read, passed on as it is.</summary>
    Unreadable,

    /// <summary>Something was wrong here, and the setting is to send untracked then.</summary>
    FailedOpen,
    Loop,
}

/// <summary>A mail as it goes on.</summary>
/// <param name="Pieces">One after the other they are the mail; empty for a loop.</param>
public sealed record FilteredMail(FilterOutcome Outcome, IReadOnlyList<ReadOnlyMemory<byte>> Pieces);
