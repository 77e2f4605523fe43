using MimeKit;
using MimeKit.Utils;

namespace Tracker.Outbound.Instrumenting;

/// <summary>One MIME entity and where it lies in the message's bytes: its body in <c>Body..End</c>.</summary>
/// <param name="parent">Null at the root of a message.</param>
/// <param name="ordinal">From 0, among the parts of its parent.</param>
/// <param name="nested">Lies inside an attached message, which is not ours to touch.</param>
sealed class MailPart(ContentType type, MailPart? parent, int ordinal, bool nested)
{
    bool _encoded;
    bool _typed;

    public ContentType Type => type;

    /// <summary>In lower case.</summary>
    public string MediaType { get; } = type.MimeType.ToLowerInvariant();

    public MailPart? Parent => parent;

    public int Ordinal => ordinal;

    public bool Nested => nested;

    public int Body { get; set; }

    public int End { get; set; }

    public string? ContentId { get; private set; }

    /// <summary>True when its disposition says so, or gives it a file name: a document, not the mail's own text.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>Null when the part names none that is known.</summary>
    public ContentEncoding? Encoding { get; private set; } = ContentEncoding.SevenBit;

    /// <summary>True when readers may take its headers in two ways, or a header vouches for the bytes of its body.</summary>
    public bool IsBound { get; private set; }

    public void Take(Header header)
    {
        switch (header.Id)
        {
            case HeaderId.ContentTransferEncoding:
                IsBound |= _encoded;
                _encoded = true;
                Encoding = MimeUtils.TryParse(header.Value.Trim(), out ContentEncoding encoding) && encoding != ContentEncoding.Default ? encoding : null;
                break;
            case HeaderId.ContentDisposition when ContentDisposition.TryParse(header.RawValue, out var disposition):
                IsAttached |= disposition.IsAttachment || !string.IsNullOrEmpty(disposition.FileName);
                break;
            case HeaderId.ContentId:
                ContentId = header.Value.Trim(' ', '\t', '<', '>');
                break;
            case HeaderId.ContentType:
                IsBound |= _typed;
                _typed = true;
                break;
            case HeaderId.ContentMd5:
                IsBound = true;
                break;
        }
    }
}
