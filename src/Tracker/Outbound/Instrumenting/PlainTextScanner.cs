using System.Buffers;
using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <param name="Quoted">On a line that quotes earlier mail, or below a divider before it.</param>
readonly record struct PlainTextLink(int Start, int End, bool Quoted);

/// <summary>Finds http and https addresses, and the opt-out placeholder, in plain text the way mail programs do when they make links of them.</summary>
static class PlainTextScanner
{
    static readonly SearchValues<byte> Ends = SearchValues.Create([.. Enumerable.Range(0, 0x21).Select(b => (byte)b), (byte)'<', (byte)'>', (byte)'"', 0x7F]);

    // What may end a sentence or close a bracket after an address.
    static ReadOnlySpan<byte> Trailing => ".,;:!?'\""u8;

    /// <summary>In bytes. Longer ones can't be tracked, and no reader makes a link of them.</summary>
    const int LongestAddress = 2000;

    public static ReadOnlySpan<byte> Placeholder => "{{opt-out}}"u8;

    public static IReadOnlyList<PlainTextLink> Read(ReadOnlySpan<byte> text)
    {
        var links = new List<PlainTextLink>();
        var below = false;
        for (var at = 0; at < text.Length;)
        {
            var newline = text[at..].IndexOf((byte)'\n');
            var end = newline < 0 ? text.Length : at + newline;
            var line = text[at..end];
            below |= IsDivider(line.TrimEnd("\r \t"u8));
            ReadLine(line, at, below || line.StartsWith(">"u8), links);
            at = end + 1;
        }
        return links;
    }

    static void ReadLine(ReadOnlySpan<byte> line, int offset, bool quoted, List<PlainTextLink> links)
    {
        var at = 0;
        while (NextStart(line, at) is >= 0 and var start)
        {
            var length = line[start..].StartsWith(Placeholder) ? Placeholder.Length : Length(line[start..]);
            if (length <= LongestAddress && (start == 0 || !char.IsAsciiLetterOrDigit((char)line[start - 1])))
            {
                links.Add(new(offset + start, offset + start + length, quoted));
            }
            at = start + Math.Max(length, 1);
        }
    }

    static int NextStart(ReadOnlySpan<byte> line, int from)
    {
        for (var at = from; at < line.Length; at++)
        {
            var next = line[at..].IndexOfAny("hH{"u8);
            if (next < 0)
            {
                return -1;
            }
            at += next;
            var rest = line[at..];
            if ((rest[0] | 0x20) == 'h' && rest.Length > "http://x".Length
                && (Ascii.EqualsIgnoreCase(rest[..7], "http://"u8) || Ascii.EqualsIgnoreCase(rest[..8], "https://"u8)))
            {
                return at;
            }
            if (rest.StartsWith(Placeholder))
            {
                return at;
            }
        }
        return -1;
    }

    static int Length(ReadOnlySpan<byte> rest)
    {
        var length = rest.IndexOfAny(Ends);
        length = length < 0 ? rest.Length : length;
        while (length is > 0 and <= LongestAddress && (Trailing.Contains(rest[length - 1]) || IsLooseBracket(rest[..length])))
        {
            length--;
        }
        return length;
    }

    /// <summary>"(see http://host/a)" ends before the bracket, "http://host/a_(b)" behind it.</summary>
    static bool IsLooseBracket(ReadOnlySpan<byte> url) => url[^1] switch
    {
        (byte)')' => url.Count((byte)')') > url.Count((byte)'('),
        (byte)']' => url.Count((byte)']') > url.Count((byte)'['),
        (byte)'}' => url.Count((byte)'}') > url.Count((byte)'{'),
        _ => false,
    };

    /// <summary>Outlook's two dividers; programs that quote with "&gt;" need none.</summary>
    static bool IsDivider(ReadOnlySpan<byte> line) =>
        line.SequenceEqual("-----Original Message-----"u8) || (line.Length == 32 && !line.ContainsAnyExcept((byte)'_'));
}
