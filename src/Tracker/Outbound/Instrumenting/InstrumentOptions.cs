using Tracker.Settings;

namespace Tracker.Outbound.Instrumenting;

/// <summary>What may be put into a mail. The same options give every recipient of a message the same edits.</summary>
public sealed record InstrumentOptions
{
    /// <summary>Where prospects reach the tracker, such as <c>https://t.example.com</c>: http or https, ASCII, no trailing slash, no query.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Put in a pixel.</summary>
    public bool Opens { get; init; } = true;

    /// <summary>Turn links of the HTML part into tracking links.</summary>
    public bool Clicks { get; init; } = true;

    /// <summary>Turn links of the plain-text part into tracking links too. Off, because readers see the long address.</summary>
    public bool PlainTextLinks { get; init; }

    /// <summary>Track the covering text of a calendar invitation. Off, because some calendars show that text as the event's.</summary>
    public bool CalendarInvites { get; init; }

    /// <summary>Text of a link to the recipient's opt-out page, put in as a last paragraph of the HTML. Null: no footer.</summary>
    public string? OptOutFooter { get; init; }

    internal bool TracksNothing => !Opens && !Clicks;

    /// <exception cref="ArgumentException"><see cref="PublicUrl"/> is not what it has to be.</exception>
    internal void Check()
    {
        if (!PublicUrls.IsUsable(PublicUrl) || PublicUrl.EndsWith('/'))
        {
            throw new ArgumentException($"'{PublicUrl}' is not an absolute http or https address in ASCII without query and trailing slash.", nameof(PublicUrl));
        }
    }
}
