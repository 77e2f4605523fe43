using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>What each rep wishes for their mail.</summary>
public static class RepOptions
{
    sealed record Row
    {
        public string? Track { get; init; }
        public long? PlainTextLinks { get; init; }
        public long? CalendarInvites { get; init; }
        public string? OptOutFooter { get; init; }
        public string? TrackingUrl { get; init; }

        public OutboundOptions Options => new()
        {
            Track = Track, PlainTextLinks = Flag(PlainTextLinks), CalendarInvites = Flag(CalendarInvites), OptOutFooter = OptOutFooter, TrackingUrl = TrackingUrl,
        };
    }

    /// <returns>All null for a rep who wished nothing.</returns>
    public static async Task<OutboundOptions> OfAsync(Session session, long repId)
    {
        var row = await session.FirstAsync<Row>(
            "select track, plain_text_links, calendar_invites, opt_out_footer, tracking_url from rep_options where rep_id = @repId", new { repId });
        return row?.Options ?? new();
    }

    /// <summary>What was decided for a message that is stored; its tracking host is never null.</summary>
    public static async Task<OutboundOptions> OfMessageAsync(Session session, long id) => (await session.FirstAsync<Row>(
        "select track, plain_text_links, calendar_invites, opt_out_footer, tracking_url from messages where id = @id", new { id }))!.Options;

    /// <summary>Replaces all wishes; a null one goes back to the settings.</summary>
    public static Task PutAsync(Session session, long repId, OutboundOptions options, DateTimeOffset now) => session.ExecuteAsync("""
        insert into rep_options (rep_id, track, plain_text_links, calendar_invites, opt_out_footer, tracking_url, changed_at_ms)
        values (@repId, @track, @text, @calendar, @footer, @url, @at)
        on conflict (rep_id) do update set track = excluded.track, plain_text_links = excluded.plain_text_links, calendar_invites = excluded.calendar_invites,
            opt_out_footer = excluded.opt_out_footer, tracking_url = excluded.tracking_url, changed_at_ms = excluded.changed_at_ms
        """, new
    {
        repId, track = options.Track, text = Number(options.PlainTextLinks), calendar = Number(options.CalendarInvites),
        footer = options.OptOutFooter, url = options.TrackingUrl, at = now.Ms(),
    });

    internal static bool? Flag(long? number) => number is null ? null : number != 0;

    internal static long? Number(bool? flag) => flag is null ? null : flag.Value ? 1 : 0;
}
