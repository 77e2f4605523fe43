using System.Text.Json.Nodes;
using Tracker.Access;
using Tracker.Outbound.Instrumenting;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>A message about to be stored. What the mail says is not kept: only its subject, its links and who got it.</summary>
/// <param name="Options">What was put into it.</param>
public sealed record NewMessageRow(
    Rep Rep, string Kind, string Subject, string? From, string? MailMessageId, string TextFingerprint, JsonObject Metadata, DateTimeOffset? SentAt,
    OutboundOptions? Options = null);

public static class MessageStore
{
    public const string Mail = "mail", Link = "link";

    /// <summary>Hits of this message raise no more prompts, or again.</summary>
    /// <returns>Null when there is none, or it is not the rep's.</returns>
    public static async Task<MessageView?> MuteAsync(Session session, long? id, bool muted, long? repId, DateTimeOffset now)
    {
        if (await MessageReader.FindAsync(session, id, repId) is null)
        {
            return null;
        }
        await session.ExecuteAsync("update messages set muted_at_ms = @at where id = @id", new { id, at = muted ? now.Ms() : (long?)null });
        return await MessageReader.FindAsync(session, id, repId);
    }

    public static async Task<(long Id, IReadOnlyList<CopyView> Copies)> AddAsync(
        Session session, NewMessageRow message, IReadOnlyList<MadeCopy> copies, PublicAddress address, DateTimeOffset now)
    {
        var options = message.Options ?? new();
        var id = await session.ScalarAsync<long>("""
            insert into messages (rep_id, kind, subject, from_address, mail_message_id, text_fingerprint, metadata, created_at_ms, sent_at_ms,
                track, plain_text_links, calendar_invites, opt_out_footer, tracking_url)
            values (@rep, @kind, @subject, @from, @mailMessageId, @fingerprint, @metadata, @now, @sentAt, @track, @plainText, @calendar, @footer, @trackingUrl) returning id
            """, new
        {
            rep = message.Rep.Id, kind = message.Kind, subject = StoredText.Of(message.Subject), from = Storable(message.From), mailMessageId = Storable(message.MailMessageId),
            fingerprint = message.TextFingerprint, metadata = message.Metadata.ToJsonString(ApiJson.Options), now = now.Ms(), sentAt = message.SentAt?.Ms(),
            track = options.Track, plainText = RepOptions.Number(options.PlainTextLinks), calendar = RepOptions.Number(options.CalendarInvites), footer = options.OptOutFooter,
            trackingUrl = options.TrackingUrl,
        });
        await session.InsertAsync("insert into message_metadata (message_id, name, value) values",
            [.. message.Metadata.Select(m => new object?[] { id, m.Key, MetadataFilter.TextOf(m.Value) })]);
        await LinksAsync(session, id, copies);
        var views = new List<CopyView>();
        foreach (var copy in copies)
        {
            views.Add(await CopyAsync(session, id, message.Rep, options.TrackingUrl, copy, address, now));
        }
        return (id, views);
    }

    /// <summary>A further copy of a message that is stored.</summary>
    public static async Task AddCopyAsync(Session session, long messageId, Rep rep, MadeCopy copy, PublicAddress address, DateTimeOffset now)
    {
        if (copy.Mail.Instrumented && await session.ScalarAsync<long>("select count(*) from copies where message_id = @messageId and instrumented <> 0", new { messageId }) == 0)
        {
            // The report of a copy that was not instrumented stands there, and says of every link that it is not tracked.
            await session.ExecuteAsync("delete from links where message_id = @messageId", new { messageId });
            await LinksAsync(session, messageId, [copy]);
        }
        await CopyAsync(session, messageId, rep, trackingUrl: null, copy, address, now);
    }

    // All instrumented copies have the same links; the report of the first stands for all.
    static Task LinksAsync(Session session, long messageId, IReadOnlyList<MadeCopy> copies) => session.InsertAsync(
        "insert into links (message_id, link, url, label, tracked, reason, honeypot) values",
        [.. (copies.FirstOrDefault(c => c.Mail.Instrumented) ?? copies[0]).Mail.Links.Select(l => new object?[] { messageId, (long)l.Index, StoredText.Of(l.Url), Storable(l.Label), l.Tracked ? 1L : 0L, l.Reason, l.Honeypot ? 1L : 0L })]);

    // Many programs put the address where the name belongs.
    static string? NameOf(MailRecipient recipient) =>
        recipient.Name is { } name && !name.Contains('@', StringComparison.Ordinal) && name.Trim('\'', '"', ' ') is { Length: > 0 and <= Texts.MaxLine } bare ? StoredText.Of(bare) : null;

    static string? Storable(string? text) => text is null ? null : StoredText.Of(text);

    static async Task<CopyView> CopyAsync(
        Session session, long messageId, Rep rep, string? trackingUrl, MadeCopy copy, PublicAddress address, DateTimeOffset now)
    {
        var email = Emails.Key(copy.Recipient.Address);
        var prospectId = await ProspectBook.PutAsync(session, new(email, NameOf(copy.Recipient)), rep.Id, now, onlyMissing: true);
        var field = copy.Recipient.Field.ToString().ToLowerInvariant();
        var mail = copy.Mail;
        var id = await session.ScalarAsync<long>("""
            insert into copies (token, message_id, prospect_id, recipient, field, instrumented, reason, opens_tracked, links_tracked)
            values (@token, @messageId, @prospectId, @email, @field, @instrumented, @reason, @opens, @links) returning id
            """, new
        {
            token = copy.Id.ToString(), messageId, prospectId, email, field, instrumented = mail.Instrumented ? 1L : 0L, reason = mail.Reason,
            opens = mail.OpenUrl is null ? 0L : 1L, links = (long)mail.Links.Count(l => l.Tracked),
        });
        return View(copy, id, prospectId, address, trackingUrl);
    }

    /// <param name="trackingUrl">Where the copy's tokens lead; null: <see cref="PublicAddress.Url"/>.</param>
    public static CopyView View(MadeCopy copy, long id, long prospectId, PublicAddress address, string? trackingUrl)
    {
        var mail = copy.Mail;
        var links = mail.Links.Select(l => new LinkView(l.Index, l.Url, l.Tracked, l.Reason, l.TrackedUrl, l.Label)).ToList();
        return new(
            Ids.Text(id), Ids.Text(prospectId), copy.Recipient.Address, copy.Recipient.Field.ToString().ToLowerInvariant(), mail.Instrumented, mail.Reason, mail.OpenUrl,
            mail.Instrumented ? address.OptOut(copy.Id, trackingUrl) : null,
            links, mail.Warnings, null, LinkSummary.Of(links));
    }
}
