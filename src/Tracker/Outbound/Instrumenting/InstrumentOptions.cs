using System.Buffers;

namespace Tracker.Outbound.Instrumenting;

/// <summary>What may be put into a mail. The same options give every recipient of a message the same edits.</summary>
public sealed record InstrumentOptions
{
    // What may stand in an HTML attribute, quoted or not, and in plain text without any encoding.
    static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]%");

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

    /// <exception cref="ArgumentException"><see cref="PublicUrl"/> is not what it has to be.</exception>
    internal void Check()
    {
        if (!Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            || PublicUrl.EndsWith('/') || PublicUrl.AsSpan().ContainsAnyExcept(Plain))
        {
            throw new ArgumentException($"'{PublicUrl}' is not an absolute http or https address in ASCII without query and trailing slash.", nameof(PublicUrl));
        }
    }
}
