using System.Data.Common;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>What judging and prompting need to know of a copy, its message and its prospect.</summary>
public sealed record CopyRow
{
    public long Id { get; init; }
    public string Token { get; init; } = "";
    public long MessageId { get; init; }
    public long ProspectId { get; init; }
    public long RepId { get; init; }
    public string Recipient { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Metadata { get; init; } = "{}";
    public string TextFingerprint { get; init; } = "";
    public long LinksTracked { get; init; }
    public long? SentAtMs { get; init; }
    public long CreatedAtMs { get; init; }
    public long? MutedAtMs { get; init; }
    public long? LastHitId { get; init; }
    public long? FirstHitAtMs { get; init; }
    public long? CompanyId { get; init; }
    public long HumanHits { get; init; }
    public long AutomaticHits { get; init; }
    public long UnknownHits { get; init; }
    public long? ForwardedAtMs { get; init; }

    const string Columns = """
        select c.id, c.token, c.message_id, c.prospect_id, m.rep_id, c.recipient, m.subject, m.metadata, m.text_fingerprint, c.links_tracked,
               coalesce(c.sent_at_ms, m.sent_at_ms) as sent_at_ms, m.created_at_ms, m.muted_at_ms, c.last_hit_id, c.first_hit_at_ms, p.company_id, c.human_hits, c.automatic_hits, c.unknown_hits, c.forwarded_at_ms
        from copies c join messages m on m.id = c.message_id join prospects p on p.id = c.prospect_id
        """;

    public static async Task<IReadOnlyList<CopyRow>> ByTokenAsync(Session session, IReadOnlyCollection<string> tokens) =>
        await session.ReadAsync(Columns + " where " + session.Dialect.In("c.token", "@tokens"), new { tokens = tokens.ToArray() }, Read);

    public static async Task<IReadOnlyList<CopyRow>> ByIdAsync(Session session, IReadOnlyCollection<long> ids) =>
        await session.ReadAsync(Columns + " where " + session.Dialect.In("c.id", "@ids"), new { ids = ids.ToArray() }, Read);

    static CopyRow Read(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Token = row.GetString(1),
        MessageId = row.GetInt64(2),
        ProspectId = row.GetInt64(3),
        RepId = row.GetInt64(4),
        Recipient = row.GetString(5),
        Subject = row.GetString(6),
        Metadata = row.GetString(7),
        TextFingerprint = row.GetString(8),
        LinksTracked = row.GetInt64(9),
        SentAtMs = row.Whole(10),
        CreatedAtMs = row.GetInt64(11),
        MutedAtMs = row.Whole(12),
        LastHitId = row.Whole(13),
        FirstHitAtMs = row.Whole(14),
        CompanyId = row.Whole(15),
        HumanHits = row.GetInt64(16),
        AutomaticHits = row.GetInt64(17),
        UnknownHits = row.GetInt64(18),
        ForwardedAtMs = row.Whole(19),
    };
}
