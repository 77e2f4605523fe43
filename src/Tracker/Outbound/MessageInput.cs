using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using MimeKit;
using Tracker.Outbound.Instrumenting;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>What a mail that is put together here takes from outside, so that the same request gives the same mail again.</summary>
/// <param name="MessageId">Null: a new one.</param>
public sealed record MailOrigin(string? MessageId, DateTimeOffset Date);

/// <summary>The mail in a request, from MIME or from JSON.</summary>
/// <param name="Problem">Why there is none.</param>
public sealed record MessageInput(OutboundMail? Mail, JsonObject Metadata, ProblemHttpResult? Problem)
{
    /// <param name="prepare">Done with a MIME mail before it is read.</param>
    public static async Task<MessageInput> ReadAsync(HttpContext http, long maxBytes, MailOrigin origin, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? prepare = null)
    {
        var type = http.Request.ContentType?.Split(';')[0].Trim() ?? "";
        var isMime = type.Equals(MessageEndpoints.MimeType, StringComparison.OrdinalIgnoreCase);
        if (!isMime && !type.Equals(MessageEndpoints.JsonType, StringComparison.OrdinalIgnoreCase))
        {
            return Refused(Problems.UnsupportedMediaType.With($"The body is '{type}'; this route takes {MessageEndpoints.MimeType} or {MessageEndpoints.JsonType}."));
        }
        var body = await RequestBody.ReadAsync(http, maxBytes);
        try
        {
            return isMime
                ? FromMime(prepare is null ? body : prepare(body), MetadataFilter.Check(QueryMetadata(http.Request)))
                : FromJson(JsonSerializer.Deserialize<NewMessage>(body.Span, ApiJson.Options) ?? new(), origin);
        }
        catch (JsonException e)
        {
            return Refused(Problems.InvalidJson.With(JsonErrors.Explain(e)));
        }
    }

    // A mail has no room for metadata, so it comes in the query, as it is filtered by.
    static JsonObject QueryMetadata(HttpRequest request)
    {
        var metadata = new JsonObject();
        foreach (var (name, value) in MetadataFilter.Of(request))
        {
            metadata[name] = value;
        }
        return metadata;
    }

    public static MessageInput FromMime(ReadOnlyMemory<byte> body, JsonObject metadata)
    {
        var mail = OutboundMail.Read(body, out var refusal);
        return refusal switch
        {
            MailRefusal.Empty => Refused(Problems.EmptyMail.With("The body is empty.")),
            MailRefusal.NoHeaderSection => Refused(Problems.NoHeaderSection.With("The body does not begin with header lines such as 'From: anna@example.com'.")),
            MailRefusal.NoRecipient => Refused(Problems.NoRecipient.With("There is no usable address in To, Cc or Bcc.")),
            _ => new(mail, metadata, null),
        };
    }

    static MessageInput FromJson(NewMessage json, MailOrigin origin)
    {
        var id = origin.MessageId?.Trim('<', '>') ?? MimeKit.Utils.MimeUtils.GenerateMessageId();
        var message = new MimeMessage { Subject = Line("subject", json.Subject ?? ""), MessageId = id, Date = origin.Date };
        message.From.Add(Address("from", json.From));
        Add(message.To, "to", json.To);
        Add(message.Cc, "cc", json.Cc);
        Add(message.Bcc, "bcc", json.Bcc);
        message.Body = new BodyBuilder { HtmlBody = json.Html, TextBody = json.Text }.ToMessageBody();
        if (message.Body is Multipart parts)
        {
            // Else random: the same request would give another mail.
            parts.Boundary = "=-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
        }
        // 998 characters is the longest line mail may have (RFC 5322, 2.1.1); the encoding is chosen so that no line is longer.
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        message.WriteTo(new FormatOptions { NewLineFormat = NewLineFormat.Dos, International = false }, bytes);
        return FromMime(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), MetadataFilter.Check(json.Metadata));
    }

    static void Add(InternetAddressList list, string field, IReadOnlyList<string>? texts)
    {
        foreach (var text in texts ?? [])
        {
            list.Add(Address(field, text));
        }
    }

    static MailboxAddress Address(string field, string? text) =>
        MailboxAddress.TryParse(Line(field, text ?? ""), out var address) && Emails.Parse(address.Address) is not null
            ? address
            : throw new ProblemException(Problems.Parameter(field, text, "an address such as 'anna@example.com' or 'Anna Lee <anna@example.com>'"));

    // A line break would begin a header of the caller's choosing.
    static string Line(string field, string text) => text.AsSpan().ContainsAny('\r', '\n', '\0')
        ? throw new ProblemException(Problems.Parameter(field, text.ReplaceLineEndings("⏎"), "one line"))
        : text;

    static MessageInput Refused(ProblemHttpResult problem) => new(null, [], problem);
}
