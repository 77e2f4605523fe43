using Microsoft.AspNetCore.Mvc;

namespace Tracker.Outbound;

/// <summary>What one request wishes for its mail, in the query beside either kind of body.</summary>
/// <param name="Track">both, opens, clicks or off.</param>
public sealed record MessageWishes(
    [FromQuery(Name = "track")] string? Track, [FromQuery(Name = "plainTextLinks")] bool? PlainTextLinks,
    [FromQuery(Name = "calendarInvites")] bool? CalendarInvites, [FromQuery(Name = "optOutFooter")] string? OptOutFooter)
{
    /// <exception cref="Web.ProblemException">One of them can't be met.</exception>
    public OutboundOptions Checked() => new OutboundOptions
    {
        Track = Track, PlainTextLinks = PlainTextLinks, CalendarInvites = CalendarInvites, OptOutFooter = OptOutFooter,
    }.Checked();
}
