using MimeKit;

namespace Tracker.Outbound.Instrumenting;

/// <summary>The parts of a message in the order of their bytes. MimeKit gives structure and offsets; nothing of it is ever written out.</summary>
sealed class MailStructure
{
    /// <summary>Most parts of one mail. People send tens.</summary>
    const int MaxParts = 5_000;

    /// <summary>Most header fields of all parts together.</summary>
    const int MaxHeaders = 50_000;

    // Beyond this depth MimeKit takes a container for a leaf, so a bomb costs nothing.
    const int MaxDepth = 100;

    static readonly ParserOptions Limits = new() { MaxMimeDepth = MaxDepth };

    MailStructure(IReadOnlyList<MailPart> parts) => Parts = parts;

    public IReadOnlyList<MailPart> Parts { get; }

    /// <returns>Null when MimeKit finds no structure in the bytes, or more of it than any letter has.</returns>
    public static MailStructure? Read(ReadOnlyMemory<byte> mail)
    {
        using var limit = new CancellationTokenSource();
        using var stream = new MailStream(mail, limit);
        var reader = new Reader(stream, limit);
        try
        {
            reader.ReadMessage(limit.Token);
        }
        catch (Exception e) when (e is FormatException or OperationCanceledException)
        {
            return null;
        }
        return limit.IsCancellationRequested || reader.Parts.Count == 0 ? null : new(reader.Parts);
    }

    sealed class Reader(MailStream mail, CancellationTokenSource limit) : MimeReader(Limits, mail, MimeFormat.Entity)
    {
        readonly List<Header> _headers = [];
        readonly Stack<(MailPart Part, int Children)> _open = new();
        int _headerCount;
        int _messages;

        public List<MailPart> Parts { get; } = [];

        protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => mail.HeaderFrom = beginOffset;

        protected override void OnHeadersEnd(long beginOffset, int beginLineNumber, long endOffset, int endLineNumber, CancellationToken cancellationToken) =>
            mail.HeaderFrom = null;

        protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
        {
            mail.HeaderFrom = mail.Position;
            if (++_headerCount > MaxHeaders)
            {
                limit.Cancel();
            }
            if (header.Id is HeaderId.ContentType or HeaderId.ContentTransferEncoding or HeaderId.ContentDisposition or HeaderId.ContentId or HeaderId.ContentMd5)
            {
                _headers.Add(header);
            }
        }

        protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Begin(contentType);

        protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Begin(contentType);

        protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
        {
            Begin(contentType);
            _messages++;
        }

        protected override void OnMimePartEnd(
            ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
            Close(headersEndOffset, endOffset);

        protected override void OnMultipartEnd(
            ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
            Close(headersEndOffset, endOffset);

        protected override void OnMessagePartEnd(
            ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken)
        {
            _messages--;
            Close(headersEndOffset, endOffset);
        }

        void Begin(ContentType type)
        {
            (MailPart Part, int Children)? outer = _open.TryPop(out var open) ? open : null;
            var part = new MailPart(type, outer?.Part, outer?.Children ?? 0, _messages > 0);
            foreach (var header in _headers)
            {
                part.Take(header);
            }
            _headers.Clear();
            Parts.Add(part);
            if (outer is { } parent)
            {
                _open.Push(parent with { Children = parent.Children + 1 });
            }
            _open.Push((part, 0));
            if (Parts.Count > MaxParts)
            {
                limit.Cancel();
            }
        }

        void Close(long body, long end)
        {
            var part = _open.Pop().Part;
            (part.Body, part.End) = ((int)body, (int)end);
        }
    }
}
