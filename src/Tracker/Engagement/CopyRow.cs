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

    public static Task<IReadOnlyList<CopyRow>> ByTokenAsync(Session session, IReadOnlyCollection<string> tokens) =>
        session.QueryAsync<CopyRow>(Columns + " where " + session.Dialect.In("c.token", "@tokens"), new { tokens = tokens.ToArray() });

    public static Task<IReadOnlyList<CopyRow>> ByIdAsync(Session session, IReadOnlyCollection<long> ids) =>
        session.QueryAsync<CopyRow>(Columns + " where " + session.Dialect.In("c.id", "@ids"), new { ids = ids.ToArray() });
}
