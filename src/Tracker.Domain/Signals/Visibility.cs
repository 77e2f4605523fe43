namespace Tracker.Domain.Signals;

/// <summary>What cannot be seen of a recipient, said plainly.</summary>
public static class Visibility
{
    public const string ApplePrivate = "opens can't be seen, clicks can";

    /// <param name="appleOpens">Pictures that Apple's privacy protection fetched.</param>
    /// <param name="seenOpens">Pictures fetched otherwise and not by a machine.</param>
    /// <returns>Null when nothing is hidden, as far as is known.</returns>
    public static string? Note(long appleOpens, long seenOpens) => appleOpens > 0 && seenOpens == 0 ? ApplePrivate : null;
}
