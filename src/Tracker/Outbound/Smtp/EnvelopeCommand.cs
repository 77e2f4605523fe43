using System.Globalization;
using System.Text;

namespace Tracker.Outbound.Smtp;

/// <summary>A MAIL or RCPT command.</summary>
/// <param name="Line">The whole command as it came.</param>
/// <param name="Address">The path without its brackets, UTF-8 decoded; empty for the null sender.</param>
/// <param name="Parameters">Such as <c>BODY=8BITMIME</c>, in the order they came.</param>
public sealed record EnvelopeCommand(string Line, string Address, IReadOnlyList<string> Parameters)
{
    /// <param name="keyword"><c>MAIL FROM:</c> or <c>RCPT TO:</c>.</param>
    /// <returns>Null when the command is not made of the keyword, a path in angle brackets, and parameters.</returns>
    public static EnvelopeCommand? Parse(string line, string keyword)
    {
        if (!line.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        // A blank behind the colon is wrong and common (RFC 5321, 3.3: receivers may take it).
        var path = line[keyword.Length..].TrimStart(' ');
        if (path.Length == 0 || path[0] != '<' || PathEnd(path) is not { } end || (end + 1 < path.Length && path[end + 1] != ' '))
        {
            return null;
        }
        return new(
            line, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(path[1..end])),
            path[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The size the client announces, in bytes (RFC 1870); null when it announces none.</summary>
    public long? Size => Parameters.Where(p => p.StartsWith("SIZE=", StringComparison.OrdinalIgnoreCase))
        .Select(p => long.TryParse(p.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : long.MaxValue).Cast<long?>().FirstOrDefault();

    /// <summary>A bracket inside a quoted local part does not end the path.</summary>
    static int? PathEnd(string path)
    {
        var quoted = false;
        for (var i = 1; i < path.Length; i++)
        {
            switch (path[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '>' when !quoted:
                    return i;
            }
        }
        return null;
    }
}
