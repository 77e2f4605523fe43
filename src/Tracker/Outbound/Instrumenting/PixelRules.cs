namespace Tracker.Outbound.Instrumenting;

/// <summary>When a pixel might cost a mail its place in the inbox. Source and figures: docs/mail.md, "Deliverability".</summary>
static class PixelRules
{
    /// <summary>
    /// Bytes of an HTML part's source, tags included, up to which SpamAssassin counts any picture against a mail (HTML_IMAGE_ONLY_04 to _32). For example 400
    /// bytes and a picture of one pixel → 1.7 points by its rules without network, 3,300 bytes → none.
    /// </summary>
    public const int ShortSource = 3_200;

    /// <summary>
    /// True for mail that a discussion list hands on for its author (List-Post, RFC 2369). Its From is not the domain of the host that sends it, which filters
    /// hold against it already; a picture on top can be too much. Whoever names opens in the mail's X-Track header takes that risk.
    /// </summary>
    public static bool IsDelicate(HeaderBlock headers) => headers.Has("List-Post") && SkipRules.Wish(headers) is null;

    /// <param name="edits">Of the part, without the pixel.</param>
    /// <param name="pixel">Its length in bytes.</param>
    public static bool LooksLikeAPicture(BodyPart part, IEnumerable<Edit> edits, int pixel) =>
        !part.Html!.HasPicture && part.Body!.Text.Length + edits.Sum(e => e.Text.Length - (e.End - e.Start)) + pixel <= ShortSource;
}
