using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>
/// The attributes by which mail services let an author exempt one link (where each is documented: docs/sources-mail.md), and ours that marks a link as
/// hidden from people.
/// </summary>
static class OptOutAttributes
{
    // A null value: the attribute counts by being there.
    static readonly (byte[] Name, string? Value)[] Known =
    [
        ("data-track"u8.ToArray(), "off"),           // ours
        ("clicktracking"u8.ToArray(), "off"),        // SendGrid
        ("data-msys-clicktrack"u8.ToArray(), "0"),   // SparkPost
        ("data-pm-no-track"u8.ToArray(), null),      // Postmark
        ("disable-tracking"u8.ToArray(), "true"),    // Mailgun
        ("ses:no-track"u8.ToArray(), null),          // Amazon SES
        ("mc:disable-tracking"u8.ToArray(), null),   // Mandrill
        ("data-mt-no-track"u8.ToArray(), null),      // Mailtrap
        ("autotrack"u8.ToArray(), "false"),          // MessageGears
    ];

    static readonly (byte[] Name, string? Value)[] Hidden = [("data-track"u8.ToArray(), "honeypot")];

    /// <returns>What to cut so that no such attribute is left; empty when the link is not exempt.</returns>
    /// <param name="html">What the scanner reads.</param>
    /// <param name="offset">Where that begins in the document.</param>
    public static IReadOnlyList<Edit> Of(in HtmlScanner tag, ReadOnlySpan<byte> html, int offset = 0) => CutsOf(Known, tag, html, offset);

    /// <returns>What to cut so that the copy does not show a scanner the trap; empty when the author did not mark the link as hidden.</returns>
    public static IReadOnlyList<Edit> HoneypotOf(in HtmlScanner tag, ReadOnlySpan<byte> html) => CutsOf(Hidden, tag, html, offset: 0);

    static List<Edit> CutsOf((byte[] Name, string? Value)[] sought, in HtmlScanner tag, ReadOnlySpan<byte> html, int offset)
    {
        List<Edit>? cuts = null;
        foreach (var attribute in tag.Attributes)
        {
            if (IsAmong(sought, html[attribute.NameStart..attribute.NameEnd], tag.Value(attribute)))
            {
                (cuts ??= []).Add(Cut(attribute, html, offset));
            }
        }
        return cuts ?? [];
    }

    static bool IsAmong((byte[] Name, string? Value)[] sought, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        foreach (var (known, off) in sought)
        {
            if (Ascii.EqualsIgnoreCase(name, known) && (off is null || Ascii.EqualsIgnoreCase(value.Trim(" \t\r\n"u8), off)))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>With the blank before it, unless the next attribute stands so close that it needs that blank.</summary>
    static Edit Cut(HtmlAttribute attribute, ReadOnlySpan<byte> html, int offset)
    {
        var blank = html[attribute.NameStart - 1] is (byte)' ' or (byte)'\t';
        var close = attribute.End < html.Length && html[attribute.End] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'>' or (byte)'/');
        return Edit.Cut(offset + attribute.NameStart - (blank && !close ? 1 : 0), offset + attribute.End);
    }
}
