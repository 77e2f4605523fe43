namespace Tracker.Domain.Prompts;

/// <summary>A run of looks that are close in time: one occasion on which somebody read the mail.</summary>
/// <param name="Looks">At least 1.</param>
/// <param name="Number">1 for the prospect's first sitting, and so on.</param>
public sealed record Sitting(DateTimeOffset StartedAt, DateTimeOffset LastAt, int Looks, int Clicks, int Number)
{
    /// <summary>
    /// The default pause that ends a sitting, in the settings Tracker:Prompts:SittingGapMinutes: the half hour that web analytics ends a visit after
    /// (Google Analytics help, "How a web session is defined").
    /// </summary>
    public static readonly TimeSpan DefaultGap = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Hits closer than this to the one before belong to the same look: a mail client fetches the image several times while drawing, and an open with
    /// the click that follows at once is one look. An assumption, not a measurement: nobody closes a mail and comes back within it.
    /// </summary>
    public static readonly TimeSpan SameLook = TimeSpan.FromSeconds(10);

    /// <summary>The sitting after one more engagement.</summary>
    /// <param name="before">The prospect's last sitting; null when there was none.</param>
    /// <param name="at">May be earlier than the last look, when hits of two servers arrive out of order: then it adds a look, and moves the beginning only when it
    /// belongs there.</param>
    public static Sitting After(Sitting? before, DateTimeOffset at, bool isClick, TimeSpan gap)
    {
        var clicks = isClick ? 1 : 0;
        if (before is null || at - before.LastAt > gap)
        {
            return new(at, at, 1, clicks, (before?.Number ?? 0) + 1);
        }
        var newLook = (at - before.LastAt).Duration() >= SameLook ? 1 : 0;
        return before with
        {
            StartedAt = at < before.StartedAt && before.StartedAt - at <= gap ? at : before.StartedAt,
            LastAt = at > before.LastAt ? at : before.LastAt,
            Looks = before.Looks + newLook,
            Clicks = before.Clicks + clicks,
        };
    }
}
