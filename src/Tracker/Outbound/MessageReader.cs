using System.Text;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Outbox;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>Messages as they are read back.</summary>
public static class MessageReader
{
    sealed record Row
    {
        public long Id { get; init; }
        public string Rep { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Subject { get; init; } = "";
        public string? FromAddress { get; init; }
        public long CreatedAtMs { get; init; }
        public long? SentAtMs { get; init; }
        public long? MutedAtMs { get; init; }
        public string Metadata { get; init; } = "{}";
        public string? Track { get; init; }
        public long? PlainTextLinks { get; init; }
        public long? CalendarInvites { get; init; }
        public string? OptOutFooter { get; init; }
        public string? TrackingUrl { get; init; }

        public OutboundOptions? Options => Track is null ? null : new()
        {
            Track = Track, PlainTextLinks = RepOptions.Flag(PlainTextLinks), CalendarInvites = RepOptions.Flag(CalendarInvites), OptOutFooter = OptOutFooter, TrackingUrl = TrackingUrl,
        };
    }

    sealed record CopyRow
    {
        public long Id { get; init; }
        public string Token { get; init; } = "";
        public long MessageId { get; init; }
        public long ProspectId { get; init; }
        public string Recipient { get; init; } = "";
        public string Field { get; init; } = "";
        public long Instrumented { get; init; }
        public string? Reason { get; init; }
        public long OpensTracked { get; init; }
        public long LinksTracked { get; init; }
        public long HumanHits { get; init; }
        public long AutomaticHits { get; init; }
        public long UnknownHits { get; init; }
        public long SeenOpens { get; init; }
        public long AppleOpens { get; init; }
        public long? ForwardedAtMs { get; init; }
    }

    sealed record LinkRow
    {
        public long Link { get; init; }
        public string Url { get; init; } = "";
        public string? Label { get; init; }
        public long Tracked { get; init; }
        public string? Reason { get; init; }
    }

    const string Select = """
        select m.id, r.email as rep, m.kind, m.subject, m.from_address, m.created_at_ms, m.sent_at_ms, m.muted_at_ms, m.metadata,
               m.track, m.plain_text_links, m.calendar_invites, m.opt_out_footer, m.tracking_url
        from messages m join reps r on r.id = m.rep_id
        """;

    /// <param name="address">With it, the tracking addresses are made again; they are not stored.</param>
    public static async Task<MessageView?> FindAsync(Session session, long? id, long? repId, PublicAddress? address = null)
    {
        var row = await session.FirstAsync<Row>(Select + " where m.id = @id and (@repId is null or m.rep_id = @repId)", new { id, repId });
        if (row is null)
        {
            return null;
        }
        var links = await session.QueryAsync<LinkRow>("select link, url, label, tracked, reason from links where message_id = @id order by link", new { id });
        var copies = await session.QueryAsync<CopyRow>("""
            select id, token, message_id, prospect_id, recipient, field, instrumented, reason, opens_tracked, links_tracked,
                   human_hits, automatic_hits, unknown_hits, seen_opens, apple_opens, forwarded_at_ms
            from copies where message_id = @id order by id
            """, new { id });
        var deliveries = (await DeliveryRow.OfMessageAsync(session, row.Id)).ToDictionary(d => d.CopyId!.Value, d => d.ToView());
        return new(
            Ids.Text(row.Id), row.Rep, row.Kind, row.Subject, row.FromAddress, Times.Of(row.CreatedAtMs), Times.Of(row.SentAtMs), row.MutedAtMs is not null,
            MetadataText.Parse(row.Metadata), [.. copies.Select(c => ToView(c, links, address, row.TrackingUrl) with { Delivery = deliveries.GetValueOrDefault(c.Id) })],
            copies.Sum(c => c.HumanHits), copies.Sum(c => c.AutomaticHits), copies.Sum(c => c.UnknownHits), row.Options);
    }

    public static async Task<bool> AnyAsync(Session session, long repId) =>
        await session.ScalarAsync<long>("select count(*) from (select id from messages where rep_id = @repId limit 1) one", new { repId }) > 0;

    static CopyView ToView(CopyRow copy, IReadOnlyList<LinkRow> rows, PublicAddress? address, string? host)
    {
        var token = new CopyId(UInt128.Parse(copy.Token, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
        var tracked = copy.LinksTracked > 0;
        var links = rows.Select(l => new LinkView(
            (int)l.Link, l.Url, tracked && l.Tracked != 0, l.Tracked == 0 ? l.Reason : tracked ? null : copy.Reason,
            tracked && l.Tracked != 0 ? address?.Click(token, (int)l.Link, l.Url, host) : null, l.Label)).ToList();
        return new(
            Ids.Text(copy.Id), Ids.Text(copy.ProspectId), copy.Recipient, copy.Field, copy.Instrumented != 0, copy.Reason,
            copy.OpensTracked != 0 ? address?.Open(token, host) : null, copy.Instrumented != 0 ? address?.OptOut(token, host) : null,
            links, [], null, LinkSummary.Of(links), copy.HumanHits, copy.AutomaticHits, copy.UnknownHits, copy.HumanHits > 0, copy.ForwardedAtMs is not null,
            Domain.Signals.Visibility.Note(copy.AppleOpens, copy.SeenOpens));
    }

    public static async Task<Page<MessageSummary>> ListAsync(
        Session session, long? repId, IReadOnlyDictionary<string, string> metadata, int limit, Cursor? after)
    {
        var sql = new StringBuilder(Select + " where m.id < @before").Append(repId is null ? "" : " and m.rep_id = @repId");
        var parameters = new Dictionary<string, object?> { ["repId"] = repId, ["before"] = after?.First ?? long.MaxValue, ["limit"] = limit + 1 };
        MetadataFilter.Append(sql, parameters, metadata, "m.id");
        sql.Append(" order by m.id desc limit @limit");
        var rows = await session.QueryAsync<Row>(sql.ToString(), parameters);
        var copies = (await session.QueryAsync<CopyRow>(
            $"select message_id, recipient, human_hits, automatic_hits, unknown_hits from copies where {session.Dialect.In("message_id", "@ids")} order by id", new { ids = rows.Select(r => r.Id).ToArray() })).ToLookup(c => c.MessageId);
        return Paging.Of(rows, limit, r => new MessageSummary(
            Ids.Text(r.Id), r.Rep, r.Kind, r.Subject, Times.Of(r.CreatedAtMs), Times.Of(r.SentAtMs), r.MutedAtMs is not null, MetadataText.Parse(r.Metadata),
            [.. copies[r.Id].Select(c => c.Recipient)], copies[r.Id].Sum(c => c.HumanHits), copies[r.Id].Sum(c => c.AutomaticHits), copies[r.Id].Sum(c => c.UnknownHits)), r => new(r.Id));
    }
}
