using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.Text;
using Tracker.Domain.Inbound;
using Tracker.Web;

namespace Tracker.Inbound;

/// <summary>A mail that came in, cut to what telling answers apart needs. It lives as long as that takes; none of it is kept.</summary>
public sealed class IncomingMail
{
    /// <summary>Of one part's text, in characters: a token or a Message-ID stands long before that.</summary>
    const int MostText = 400_000;

    /// <summary>Message-IDs looked up; a long thread's references fit.</summary>
    const int MostIds = 60;

    IncomingMail(MimeMessage message, byte[] bytes)
    {
        var texts = Texts(message).ToList();
        From = message.From.Mailboxes.FirstOrDefault()?.Address is { Length: > 0 } from ? Emails.Key(from) : "";
        Subject = message.Subject ?? "";
        Bounces = BounceReader.Read(message, texts);
        NewText = QuotedText.NewPart(message.TextBody ?? (message.HtmlBody is { } html ? PlainOf(html) : ""));
        Ids = [.. OwnIds(message).Concat(Bounces.MessageIds).Select(i => i.StartsWith('<') ? i : $"<{i}>").Distinct().Take(MostIds)];
        Everything = string.Join('\n', texts.Concat(message.HtmlBody is { } shown ? [Cut(shown)] : []));
        Hash = Convert.ToHexStringLower(SHA256.HashData(message.MessageId is { Length: > 0 } id ? Encoding.UTF8.GetBytes(id) : bytes));
        FailedAuthentication = message.Headers[HeaderId.AuthenticationResults]?.Contains("dmarc=fail", StringComparison.OrdinalIgnoreCase) == true;
        Facts = new()
        {
            Subject = Subject, NewText = NewText, AutoSubmitted = message.Headers[HeaderId.AutoSubmitted] ?? "", Precedence = message.Headers[HeaderId.Precedence] ?? "",
            ResponseSuppress = message.Headers["X-Auto-Response-Suppress"] ?? "", HasAutoHeader = AnswerFacts.AutoHeaders.Any(message.Headers.Contains),
            HasNullSender = message.Headers[HeaderId.ReturnPath]?.Trim() == "<>", FromLocalPart = From.Split('@')[0],
            ReportType = message.Body?.ContentType is { } type && type.IsMimeType("multipart", "report") ? type.Parameters["report-type"]?.ToLowerInvariant() ?? "" : "",
            Actions = [.. Bounces.Recipients.Select(r => r.Action)], NamesFailedRecipients = Bounces.NamesFailedRecipients,
        };
    }

    public AnswerFacts Facts { get; }

    /// <summary>Normalized; empty when there is none.</summary>
    public string From { get; }

    public string Subject { get; }

    /// <summary>Message-IDs that it names, with angle brackets, the nearest first.</summary>
    public IReadOnlyList<string> Ids { get; }

    public BounceReport Bounces { get; }

    /// <summary>What was written, without what it quotes.</summary>
    public string NewText { get; }

    /// <summary>All text with what it quotes, where our own tokens are looked for.</summary>
    public string Everything { get; }

    /// <summary>Of the mail's own Message-ID, or of all of it where it has none: the same mail counts once, in whichever mailbox it is seen.</summary>
    public string Hash { get; }

    /// <summary>The last server before us, whose line comes first, found the sender forged. Its "pass" is never relied on: anybody can write that further down.</summary>
    public bool FailedAuthentication { get; }

    /// <returns>Null when it is no mail.</returns>
    public static IncomingMail? Read(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            return new(MimeMessage.Load(stream), bytes);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static IEnumerable<string> OwnIds(MimeMessage message) =>
        (message.InReplyTo is { Length: > 0 } parent ? [parent] : Enumerable.Empty<string>()).Concat(message.References.Reverse());

    static IEnumerable<string> Texts(MimeMessage message)
    {
        foreach (var part in message.BodyParts)
        {
            switch (part)
            {
                case TextPart { IsAttachment: false } text:
                    yield return Cut(TextOf(text));
                    break;
                case MessagePart { Message: { } inner }:
                    // A returned mail: its header names the message, its links the copy.
                    yield return Cut(Written(inner));
                    yield return Cut(inner.HtmlBody ?? inner.TextBody ?? "");
                    break;
                case MimePart { ContentType: { } type, Content: not null } other when type.IsMimeType("text", "rfc822-headers"):
                    yield return Cut(Decoded(other));
                    break;
            }
        }
    }

    static string TextOf(TextPart part)
    {
        try
        {
            return part.Text;
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException)
        {
            // A charset nobody knows; ids and tokens are ASCII.
            return Decoded(part);
        }
    }

    static string Decoded(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content?.DecodeTo(content);
        return Encoding.Latin1.GetString(content.GetBuffer(), 0, (int)Math.Min(content.Length, MostText));
    }

    static string Written(MimeMessage inner) => string.Join('\n', inner.Headers.Select(h => $"{h.Field}: {h.Value}"));

    static string PlainOf(string html) => HtmlToText.Convert(Cut(html));

    static string Cut(string text) => text.Length <= MostText ? text : text[..MostText];

    static class HtmlToText
    {
        /// <summary>Line breaks stay, markup goes, and so does what is quoted in a blockquote.</summary>
        public static string Convert(string html)
        {
            var text = new StringBuilder();
            var tokens = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true };
            var (quoted, skipped) = (0, 0);
            while (tokens.ReadNextToken(out var token))
            {
                if (token is HtmlTagToken tag)
                {
                    quoted += tag.Id == HtmlTagId.BlockQuote ? tag.IsEndTag ? -1 : 1 : 0;
                    skipped += tag.Id is HtmlTagId.Style or HtmlTagId.Script or HtmlTagId.Title ? tag.IsEndTag ? -1 : 1 : 0;
                    if (tag.Id is HtmlTagId.Br or HtmlTagId.P or HtmlTagId.Div or HtmlTagId.TR or HtmlTagId.LI or HtmlTagId.HR)
                    {
                        text.Append('\n');
                    }
                }
                else if (quoted <= 0 && skipped <= 0 && token is HtmlDataToken data and not HtmlScriptDataToken)
                {
                    text.Append(data.Data);
                }
            }
            return text.ToString();
        }
    }
}
