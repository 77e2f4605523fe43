using System.Runtime.InteropServices;
using MimeKit;

namespace Tracker.Outbound.Instrumenting;

/// <summary>One MIME entity and where it lies in the message's bytes: headers in <c>Begin..Body</c>, body in <c>Body..End</c>.</summary>
/// <param name="Parent">Null at the root of a message.</param>
/// <param name="Ordinal">From 0, among the parts of its parent.</param>
/// <param name="Nested">Lies inside an attached message, which is not ours to touch.</param>
sealed record MailPart(MimeEntity Entity, MailPart? Parent, int Ordinal, int Begin, int Body, int End, bool Nested)
{
    public string MediaType => Entity.ContentType.MimeType.ToLowerInvariant();
}

/// <summary>The parts of a message in the order of their bytes. MimeKit gives structure and offsets; its objects are never written out.</summary>
sealed class MailStructure
{
    // Beyond this depth MimeKit takes a container for a leaf, so a bomb costs nothing.
    const int MaxDepth = 100;

    static readonly ParserOptions Options = new() { MaxMimeDepth = MaxDepth };

    MailStructure(IReadOnlyList<MailPart> parts) => Parts = parts;

    public IReadOnlyList<MailPart> Parts { get; }

    /// <returns>Null when MimeKit finds no structure in the bytes.</returns>
    public static MailStructure? Read(ReadOnlyMemory<byte> mail)
    {
        var ends = new List<MimeEntityEndEventArgs>();
        // Persistent: contents stay slices of the stream, not copies.
        var parser = new MimeParser(Options, Open(mail), MimeFormat.Entity, persistent: true);
        parser.MimeEntityEnd += (_, end) => ends.Add(end);
        try
        {
            parser.ParseMessage();
        }
        catch (FormatException)
        {
            return null;
        }
        return new(Arrange(ends));
    }

    static List<MailPart> Arrange(List<MimeEntityEndEventArgs> ends)
    {
        var parts = new List<MailPart>(ends.Count);
        var known = new Dictionary<MimeEntity, MailPart>(ReferenceEqualityComparer.Instance);
        var children = new Dictionary<MailPart, int>(ReferenceEqualityComparer.Instance);
        var nestedUntil = 0L;
        // Parents begin before their children, and end after them.
        foreach (var end in ends.OrderBy(e => e.BeginOffset).ThenByDescending(e => e.EndOffset))
        {
            var parent = end.Parent is { } p ? known.GetValueOrDefault(p) : null;
            var nested = parent?.Nested ?? end.BeginOffset < nestedUntil;
            var ordinal = parent is null ? 0 : children[parent] = children.GetValueOrDefault(parent, -1) + 1;
            var part = new MailPart(end.Entity, parent, ordinal, (int)end.BeginOffset, (int)end.HeadersEndOffset, (int)end.EndOffset, nested);
            known[end.Entity] = part;
            parts.Add(part);
            if (end.Entity is MessagePart)
            {
                nestedUntil = Math.Max(nestedUntil, end.EndOffset);
            }
        }
        return parts;
    }

    static MemoryStream Open(ReadOnlyMemory<byte> mail) =>
        MemoryMarshal.TryGetArray(mail, out var array)
            ? new(array.Array!, array.Offset, array.Count, writable: false)
            : new(mail.ToArray(), writable: false);
}
