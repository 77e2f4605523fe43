using System.Buffers;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace Tracker.Outbound.Instrumenting;

/// <summary>
/// The header section of the message itself, by byte ranges. Read here and not by MimeKit, because a Bcc line has to be cut out exactly and
/// recipients must be found in mail whose MIME is broken.
/// </summary>
sealed class HeaderBlock
{
    static readonly SearchValues<byte> NotInName = SearchValues.Create([.. Enumerable.Range(0, 256).Where(b => b is < 33 or > 126 or ':').Select(b => (byte)b)]);

    readonly ReadOnlyMemory<byte> _mail;
    readonly List<Field> _fields = [];

    HeaderBlock(ReadOnlyMemory<byte> mail) => _mail = mail;

    /// <summary>A field with its folded lines. <c>Start..End</c> includes the line end, <c>Value..End</c> too.</summary>
    readonly record struct Field(int Start, int NameLength, int Value, int End);

    /// <returns>Null when the mail does not begin with a header field.</returns>
    public static HeaderBlock? Read(ReadOnlyMemory<byte> mail)
    {
        var block = new HeaderBlock(mail);
        var bytes = mail.Span;
        var at = bytes.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        // Mailbox files put "From sender date" in front; some programs hand it on.
        if (bytes[at..].StartsWith("From "u8) || bytes[at..].StartsWith(">From "u8))
        {
            at = LineEnd(bytes, at);
        }
        while (at < bytes.Length && !IsBlankLine(bytes[at..]))
        {
            var end = LineEnd(bytes, at);
            while (end < bytes.Length && bytes[end] is (byte)' ' or (byte)'\t')
            {
                end = LineEnd(bytes, end);
            }
            block.Add(bytes, at, end);
            if (block._fields.Count == 0)
            {
                return null;
            }
            at = end;
        }
        return block._fields.Count == 0 ? null : block;
    }

    public bool Has(string name) => Count(name) > 0;

    public int Count(string name)
    {
        var count = 0;
        foreach (var field in _fields)
        {
            count += Is(field, name) ? 1 : 0;
        }
        return count;
    }

    /// <summary>The raw values, folded as they came, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Values(string name) =>
        _fields.Where(f => Is(f, name)).Select(f => _mail[f.Value..f.End]);

    /// <returns>The first such field, unfolded and decoded; null when there is none.</returns>
    public string? Text(string name)
    {
        foreach (var field in _fields)
        {
            if (Is(field, name))
            {
                return Header.Unfold(Rfc2047.DecodeText(ParserOptions.Default, _mail[field.Value..field.End].ToArray())).Trim();
            }
        }
        return null;
    }

    /// <summary>The fields of these names with their line ends, in order.</summary>
    public IReadOnlyList<Edit> Cuts(params ReadOnlySpan<string> names)
    {
        var cuts = new List<Edit>();
        foreach (var field in _fields)
        {
            foreach (var name in names)
            {
                if (Is(field, name))
                {
                    cuts.Add(Edit.Cut(field.Start, field.End));
                }
            }
        }
        return cuts;
    }

    bool Is(Field field, string name) =>
        field.NameLength == name.Length && Ascii.EqualsIgnoreCase(_mail.Span.Slice(field.Start, field.NameLength), name);

    /// <summary>A line that is no field is passed over: what follows it is still header, above all when it says Bcc.</summary>
    void Add(ReadOnlySpan<byte> bytes, int start, int end)
    {
        var line = bytes[start..end];
        var name = line.IndexOfAny(NotInName);
        if (name <= 0)
        {
            return;
        }
        var colon = name;
        while (line[colon] is (byte)' ' or (byte)'\t' && colon + 1 < line.Length)
        {
            colon++;
        }
        if (line[colon] == ':')
        {
            _fields.Add(new(start, name, start + colon + 1, end));
        }
    }

    static int LineEnd(ReadOnlySpan<byte> bytes, int at)
    {
        var newline = bytes[at..].IndexOf((byte)'\n');
        return newline < 0 ? bytes.Length : at + newline + 1;
    }

    static bool IsBlankLine(ReadOnlySpan<byte> rest) => rest[0] == '\n' || rest.StartsWith("\r\n"u8);
}
