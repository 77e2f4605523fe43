using System.Text.Json.Nodes;
using Tracker.Outbound.Outbox;

namespace Tracker.Outbound;

/// <summary>For callers who have no MIME. Addresses as <c>anna@example.com</c> or <c>Anna Lee &lt;anna@example.com&gt;</c>.</summary>
public sealed record NewMessage
{
    public string? From { get; init; }
    public IReadOnlyList<string> To { get; init; } = [];
    public IReadOnlyList<string>? Cc { get; init; }
    public IReadOnlyList<string>? Bcc { get; init; }
    public string? Subject { get; init; }
    public string? Html { get; init; }
    public string? Text { get; init; }
    public JsonObject? Metadata { get; init; }
}

/// <param name="TrackedUrl">Null when the link is not tracked; the reason says why.</param>
/// <param name="Label">Visible text of the link.</param>
public sealed record LinkView(int Index, string Url, bool Tracked, string? Reason, string? TrackedUrl, string? Label);

/// <param name="Summary">What became of the links, in one line: "5 links: 4 tracked, 1 not: mailto".</param>
/// <param name="Human">Hits that people made.</param>
/// <param name="Automatic">Hits that machines made.</param>
/// <param name="Unknown">Hits of which nobody can tell, or that are being checked.</param>
/// <param name="Opened">True when a person has opened it. A click implies the open that switched-off pictures hide.</param>
/// <param name="Note">What cannot be known of this recipient.</param>
/// <param name="OptOutUrl">The recipient's own page for refusing to be tracked.</param>
/// <param name="Mime">The mail to send, base64; null with <c>?mime=false</c> and when read later (mail is not kept).</param>
/// <param name="Reason">Why it is not instrumented.</param>
/// <param name="Delivery">What became of it in the outbox; null when it was not given to it.</param>
public sealed record CopyView(
    string Id, string ProspectId, string Recipient, string Field, bool Instrumented, string? Reason, string? OpenUrl, string? OptOutUrl,
    IReadOnlyList<LinkView> Links, IReadOnlyList<string> Warnings, string? Mime,
    string Summary, long Human = 0, long Automatic = 0, long Unknown = 0, bool Opened = false, bool LikelyForwarded = false, string? Note = null,
    DeliveryView? Delivery = null);

/// <param name="Options">What was decided for it; null where nothing was.</param>
public sealed record MessageView(
    string Id, string Rep, string Kind, string Subject, string? From, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, bool Muted, JsonNode? Metadata, IReadOnlyList<CopyView> Copies,
    long Human = 0, long Automatic = 0, long Unknown = 0, OutboundOptions? Options = null);

public sealed record MessageSummary(
    string Id, string Rep, string Kind, string Subject, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, bool Muted, JsonNode? Metadata, IReadOnlyList<string> Recipients,
    long Human, long Automatic, long Unknown);

public sealed record SentAt(DateTimeOffset? At);

public sealed record LinkRecipient(string? Email, string? Name = null, string? Phone = null);

public sealed record NewLink(LinkRecipient? Recipient, string? Url, string? Label = null, JsonObject? Metadata = null);

public sealed record NewLinkView(string CopyId, string MessageId, string TrackedUrl, string OpenUrl);
