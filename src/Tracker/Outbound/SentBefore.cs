using System.Globalization;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>
/// A message that an earlier try of the same request has made. The mail is not kept, but the repeat brings it again, so the same copies come out of it.
/// </summary>
/// <param name="MailMessageId">The mail's own Message-ID.</param>
/// <param name="Options">As they were decided then.</param>
public sealed record SentBefore(long Id, string? MailMessageId, DateTimeOffset CreatedAt, InstrumentOptions Options, IReadOnlyList<SentBefore.Copy> Copies)
{
    public sealed record Copy
    {
        public long Id { get; init; }
        public long ProspectId { get; init; }
        public string Token { get; init; } = "";
        public long Instrumented { get; init; }
        public string? Reason { get; init; }
    }

    sealed record Row
    {
        public string? MailMessageId { get; init; }
        public long CreatedAtMs { get; init; }
    }

    /// <returns>Null when the request comes for the first time.</returns>
    public static async Task<SentBefore?> FindAsync(Session session, HttpContext http)
    {
        if (Idempotency.MadeMessage(http) is not { } id || await session.FirstAsync<Row>("select mail_message_id, created_at_ms from messages where id = @id", new { id }) is not { } row)
        {
            return null;
        }
        var copies = await session.QueryAsync<Copy>("select id, prospect_id, token, instrumented, reason from copies where message_id = @id order by id", new { id });
        var options = await RepOptions.OfMessageAsync(session, id);
        return new(id, row.MailMessageId, Times.Of(row.CreatedAtMs), options.Resolved(options.TrackingUrl!), copies);
    }

    /// <summary>The copies again, in the mail's order of recipients, as they were decided then.</summary>
    public IReadOnlyList<MadeCopy> Remake(OutboundMail mail, KeyRing ring) =>
        [.. mail.Recipients.Zip(Copies, (recipient, copy) =>
        {
            var token = new CopyId(UInt128.Parse(copy.Token, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            return new MadeCopy(token, recipient, copy.Instrumented != 0 ? mail.CopyFor(token, ring, Options) : mail.Untracked(copy.Reason ?? "", token, ring, Options));
        })];
}
