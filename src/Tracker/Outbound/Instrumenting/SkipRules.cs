namespace Tracker.Outbound.Instrumenting;

/// <summary>Which messages are passed through as a whole, and why. Sources: docs/sources-mail.md.</summary>
static class SkipRules
{
    /// <summary>Most links of one mail: more is no letter, and every copy costs a signature per link.</summary>
    public const int MaxLinks = 1000;

    /// <summary>Most text parts of one mail; each costs a search.</summary>
    public const int MaxBodies = 100;

    /// <summary>Largest mail that is looked into, in bytes.</summary>
    public const int MaxSize = 25 * 1024 * 1024;

    public const string NoHtml = "the mail has no HTML part";

    static readonly string[] SealHeaders = ["DKIM-Signature", "DomainKey-Signature", "ARC-Seal", "ARC-Message-Signature"];

    /// <summary>Header fields that two readers may take from different places, so that they see different mails.</summary>
    static readonly string[] OnlyOnce = ["Content-Type", "Content-Transfer-Encoding", "MIME-Version"];

    /// <returns>Null when the message may be instrumented as far as its kind goes.</returns>
    public static string? Refuse(HeaderBlock headers, MailStructure? structure, int size) =>
        size > MaxSize ? "mail over 25 MB is passed through untouched"
        : Wish(headers) is "off" ? "the mail says X-Track: off"
        : Wish(headers) is not (null or "both" or "opens" or "clicks") ? "the mail's X-Track header is none of both, opens, clicks and off"
        : structure is null ? "its MIME structure can't be read, or is larger than any letter's"
        : SealHeaders.Any(headers.Has) ? "the mail is sealed already (DKIM or ARC), and a change would break the seal"
        : headers.Text("Auto-Submitted") is { } auto && !auto.StartsWith("no", StringComparison.OrdinalIgnoreCase) ? "automatic replies are passed through untouched"
        : OnlyOnce.Any(name => headers.Values(name).Skip(1).Any()) ? "its MIME headers contradict each other"
        : structure.Parts.Where(p => !p.Nested).Select(Refuse).FirstOrDefault(reason => reason is not null);

    /// <returns>In lower case; null without the header.</returns>
    public static string? Wish(HeaderBlock headers) => headers.Text("X-Track")?.ToLowerInvariant();

    static string? Refuse(MailPart part) => part.MediaType switch
    {
        "multipart/signed" => IsPgp(part) ? "PGP-signed mail is passed through untouched" : "S/MIME-signed mail is passed through untouched",
        "multipart/encrypted" or "application/pgp-encrypted" => "encrypted mail is passed through untouched",
        "application/pkcs7-mime" or "application/x-pkcs7-mime" => "S/MIME mail is passed through untouched",
        "application/pkcs7-signature" or "application/x-pkcs7-signature" => "S/MIME-signed mail is passed through untouched",
        "application/pgp" or "application/pgp-signature" => "PGP mail is passed through untouched",
        "multipart/report" or "message/delivery-status" or "message/disposition-notification" => "delivery reports and receipts are passed through untouched",
        "message/partial" => "a mail cut into pieces is passed through untouched",
        "application/ms-tnef" or "application/vnd.ms-tnef" => "mail in Outlook's own format (winmail.dat) is passed through untouched",
        _ => null,
    };

    static bool IsPgp(MailPart part) => part.Type.Parameters["protocol"]?.Contains("pgp", StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>True when some part is an invitation or another calendar object.</summary>
    public static bool IsCalendar(MailStructure structure) => structure.Parts.Any(p => !p.Nested && p.MediaType == "text/calendar");

    /// <summary>True for the parts that a reader is shown as the mail itself: not attached, not in an attached mail, not a picture's neighbour.</summary>
    public static bool IsBody(MailPart part) =>
        part is { Nested: false, IsAttached: false, MediaType: "text/html" or "text/plain" } && IsShown(part);

    /// <summary>Of related parts only the root is shown; the others are what it refers to.</summary>
    static bool IsShown(MailPart part)
    {
        for (var inner = part; inner.Parent is { } outer; inner = outer)
        {
            if (outer.MediaType == "multipart/related" && inner.Ordinal != 0 && !IsStart(inner, outer))
            {
                return false;
            }
        }
        return true;
    }

    static bool IsStart(MailPart part, MailPart related) =>
        related.Type.Parameters["start"] is { } start && start.Trim('<', '>', ' ') == part.ContentId;
}
