using System.Text.RegularExpressions;
using MimeKit;
using Tracker.Web;

namespace Tracker.Inbound;

/// <param name="Address">Normalized.</param>
/// <param name="Action">As in RFC 3464, 2.3.3; <c>failed</c> where another format says so in words.</param>
/// <param name="Status">Enhanced status code; null when none is given.</param>
/// <param name="Text">What the server said, in one line.</param>
public sealed record BouncedRecipient(string Address, string Action, string? Status, string Text);

/// <param name="Recipients">Empty when nothing names them.</param>
/// <param name="MessageIds">Of the mail that came back, as found in the report.</param>
/// <param name="EnvelopeId">What the outbox gave its server with the mail (RFC 3461, 4.4).</param>
public sealed record BounceReport(IReadOnlyList<BouncedRecipient> Recipients, IReadOnlyList<string> MessageIds, string? EnvelopeId, bool NamesFailedRecipients);

/// <summary>Reads reports of mail that did not arrive: RFC 3464, and what came before it or disregards it (docs/sources-mail.md lists which).</summary>
public static partial class BounceReader
{
    const int LongestText = 300;

    public static BounceReport Read(MimeMessage message, IReadOnlyList<string> texts)
    {
        var (recipients, envelopeId) = Structured(message);
        var exim = message.Headers["X-Failed-Recipients"];
        var all = string.Join('\n', texts);
        var qmail = Qmail().IsMatch(all);
        if (recipients.Count == 0)
        {
            recipients = [.. InWords(exim, all)];
        }
        return new(recipients, [.. Ids(message, all)], envelopeId, !string.IsNullOrEmpty(exim) || qmail);
    }

    static (List<BouncedRecipient>, string? EnvelopeId) Structured(MimeMessage message)
    {
        var found = new List<BouncedRecipient>();
        string? envelope = null;
        foreach (var status in message.BodyParts.OfType<MessageDeliveryStatus>())
        {
            foreach (var group in status.StatusGroups)
            {
                envelope ??= group["Original-Envelope-Id"]?.Trim();
                // The original recipient is whom we wrote to; the final one may be where it was forwarded.
                foreach (var recipient in new[] { group["Original-Recipient"], group["Final-Recipient"], group["X-Actual-Recipient"] }.OfType<string>())
                {
                    if (AddressOf(recipient) is { } address && group["Action"] is { } action && !found.Exists(f => f.Address == address))
                    {
                        found.Add(new(address, Action(action), Code(group["Status"]) ?? Code(group["Diagnostic-Code"]), Line(group["Diagnostic-Code"] ?? group["Status"] ?? action)));
                    }
                }
            }
        }
        return (found, envelope);
    }

    /// <summary>One word of RFC 3464, 2.3.3; some systems write another form of it, such as "failure".</summary>
    static string Action(string value) => value.Trim().Split(' ', ';')[0].ToLowerInvariant() switch
    {
        var word when word.StartsWith("fail", StringComparison.Ordinal) => "failed",
        var word when word.StartsWith("delay", StringComparison.Ordinal) => "delayed",
        var word => word,
    };

    /// <summary>Exim's header field, or addresses in the body; the code and words that stand with them.</summary>
    static IEnumerable<BouncedRecipient> InWords(string? exim, string text)
    {
        var head = text.Length > 8_000 ? text[..8_000] : text;
        var addresses = exim is not null ? exim.Split(',').Select(a => a.Trim()) : Address().Matches(head).Select(m => m.Value);
        foreach (var address in addresses.Select(a => Emails.Parse(a.Trim('<', '>', ' ', '"'))).OfType<string>().Distinct().Take(20))
        {
            var at = head.IndexOf(address, StringComparison.OrdinalIgnoreCase);
            var near = at < 0 ? head[..Math.Min(head.Length, LongestText)] : head[at..Math.Min(head.Length, at + LongestText)];
            yield return new(address, "failed", Code(near) ?? Code(head), Line(near));
        }
    }

    static IEnumerable<string> Ids(MimeMessage message, string text)
    {
        foreach (var inner in message.BodyParts.OfType<MessagePart>().Select(p => p.Message).Concat(message.BodyParts.OfType<TextRfc822Headers>().Select(p => p.Message)).OfType<MimeMessage>())
        {
            if (inner.MessageId is { Length: > 0 } id)
            {
                yield return id;
            }
        }
        foreach (Match match in MessageId().Matches(text))
        {
            yield return match.Groups["id"].Value;
        }
    }

    static string? AddressOf(string value)
    {
        var text = value.Contains(';', StringComparison.Ordinal) ? value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..] : value;
        return Emails.Parse(text.Trim().Trim('<', '>', '"').Trim());
    }

    static string? Code(string? text) => text is not null && Enhanced().Match(text) is { Success: true } match ? match.Value : null;

    static string Line(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestText ? line : line[..LongestText];
    }

    // "Hi. This is the qmail-send program": draft-bernstein-qsbmf-00 fixes the first words.
    [GeneratedRegex(@"^\s*Hi\. This is the\b", RegexOptions.CultureInvariant)]
    private static partial Regex Qmail();

    [GeneratedRegex(@"[A-Za-z0-9._%+'=/-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?:^|\n)\s*>?\s*(?:Original-)?Message-ID:\s*(?<id><[^<>\s]{3,300}>)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MessageId();

    [GeneratedRegex(@"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", RegexOptions.CultureInvariant)]
    private static partial Regex Enhanced();
}
