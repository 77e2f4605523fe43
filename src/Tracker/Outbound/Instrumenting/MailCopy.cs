namespace Tracker.Outbound.Instrumenting;

/// <summary>Why a mail can't be taken at all. Everything else is taken, and passed through untouched where it can't be tracked.</summary>
public enum MailRefusal
{
    Empty,
    NoHeaderSection,
    NoRecipient,
}

public enum RecipientField
{
    To,
    Cc,
    Bcc,
}

/// <summary>One addressee. A mail names each address once; the first field in the order To, Cc, Bcc wins.</summary>
/// <param name="Address">The bare address, its domain in lower case.</param>
/// <param name="Name">The display name, decoded; null when the mail gives none.</param>
public sealed record MailRecipient(string Address, string? Name, RecipientField Field);

/// <summary>What became of one link.</summary>
/// <param name="Index">From 0, in document order, the untracked ones counted too.</param>
/// <param name="Url">The author's address after one decoding of the HTML; for a tracked link exactly what the redirect will answer.</param>
/// <param name="Reason">Why it is not tracked, as a short sentence for people; null when it is.</param>
/// <param name="TrackedUrl">Null when not tracked.</param>
/// <param name="Honeypot">Marked by the author as invisible to people.</param>
/// <param name="Label">The visible text of the link, white space collapsed, at most 80 characters; null when there is none.</param>
public sealed record LinkReport(int Index, string Url, bool Tracked, string? Reason, string? TrackedUrl, string? Label, bool Honeypot = false);

/// <summary>The mail as it should go to one recipient.</summary>
/// <param name="Bytes">A complete message: the original but for the permitted edits.</param>
/// <param name="Instrumented">True when a pixel or at least one tracked link is in it.</param>
/// <param name="Reason">Why it is not instrumented; null when it is.</param>
/// <param name="OpenUrl">The pixel's address; null without a pixel.</param>
/// <param name="Warnings">What the sender should know although the mail can go out, as sentences for people.</param>
public sealed record MailCopy(
    ReadOnlyMemory<byte> Bytes, bool Instrumented, string? Reason, string? OpenUrl, IReadOnlyList<LinkReport> Links, IReadOnlyList<string> Warnings);
