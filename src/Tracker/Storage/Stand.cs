namespace Tracker.Storage;

/// <summary>Where SQLite's database stood when a write began, so that a later write can tell whether anything was written between the two.</summary>
/// <param name="Turn">Which of this process's writes it is.</param>
/// <param name="Version">Another one whenever another process has committed (<see href="https://sqlite.org/pragma.html#pragma_data_version">data_version</see>).</param>
public readonly record struct Stand(long Turn, long Version)
{
    /// <summary>Whether the other write is the only one since.</summary>
    public bool Follows(Stand other) => Turn == other.Turn + 1 && Version == other.Version;
}
