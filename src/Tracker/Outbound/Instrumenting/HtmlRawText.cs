using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>The elements whose content is no markup, and where that content ends.</summary>
static class HtmlRawText
{
    /// <summary>True when the tokenizer leaves its data state after this start tag. Scripts count as switched off, as in every mail program.</summary>
    public static bool Follows(ReadOnlySpan<byte> name) => name.Length is >= 3 and <= 9
        && (Is(name, "style"u8) || Is(name, "script"u8) || Is(name, "title"u8) || Is(name, "textarea"u8) || Is(name, "xmp"u8)
            || Is(name, "iframe"u8) || Is(name, "noembed"u8) || Is(name, "noframes"u8) || Is(name, "plaintext"u8));

    /// <param name="ended">False when the content runs to the end of the document.</param>
    public static int Length(ReadOnlySpan<byte> content, ReadOnlySpan<byte> name, out bool ended)
    {
        if (Is(name, "plaintext"u8))
        {
            ended = false;
            return content.Length;
        }
        var script = Is(name, "script"u8);
        // A script's content has a comment state, and inside it a nested script whose end tag does not end the outer one.
        var (escaped, nested) = (false, false);
        for (var at = 0; at < content.Length; at++)
        {
            var next = script ? content[at..].IndexOfAny((byte)'<', (byte)'-') : content[at..].IndexOf((byte)'<');
            if (next < 0)
            {
                break;
            }
            at += next;
            var rest = content[at..];
            if (rest[0] == '<' && IsTag(rest, "</"u8, name) && !nested)
            {
                ended = true;
                return at;
            }
            if (!script)
            {
                continue;
            }
            if (rest.StartsWith("<!--"u8) && !escaped)
            {
                escaped = true;
                at++;
            }
            else if (rest.StartsWith("-->"u8))
            {
                (escaped, nested) = (false, false);
            }
            else if (escaped && IsTag(rest, nested ? "</"u8 : "<"u8, name))
            {
                nested = !nested;
            }
        }
        ended = false;
        return content.Length;
    }

    static bool IsTag(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> name)
    {
        var length = opening.Length + name.Length;
        return rest.Length > length && rest.StartsWith(opening) && Is(rest[opening.Length..length], name)
            && rest[length] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'\f' or (byte)'/' or (byte)'>';
    }

    static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => Ascii.EqualsIgnoreCase(name, expected);
}
