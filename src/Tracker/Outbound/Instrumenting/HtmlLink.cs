namespace Tracker.Outbound.Instrumenting;

enum LinkPlace
{
    Body,

    /// <summary>Inside quoted earlier mail.</summary>
    Quoted,

    /// <summary>Inside a comment that only Outlook for Windows reads.</summary>
    OutlookOnly,

    /// <summary>Inside inline SVG or MathML.</summary>
    Drawing,
}

/// <summary>One <c>href</c> of an <c>a</c> or <c>area</c>, or of anything inside an Outlook-only comment.</summary>
/// <param name="Start">Where the value begins, inside its quotes.</param>
/// <param name="Url">Decoded and cleaned as browsers do it (URL Standard, 4.4): trimmed, without line ends and tabs, inner spaces as %20.</param>
/// <param name="OptOuts">Byte ranges of attributes by which the author asks not to track this link.</param>
sealed record HtmlLink(int Start, int End, string Url, LinkPlace Place, IReadOnlyList<Edit> OptOuts)
{
    /// <summary>The visible text, white space collapsed; empty when there is none.</summary>
    public string Text { get; set; } = "";

    /// <summary>Byte ranges of attributes by which the author marks it as hidden from people; empty when it is not.</summary>
    public IReadOnlyList<Edit> Honeypot { get; init; } = [];

    /// <summary>Alternative text of images in it.</summary>
    public string ImageText { get; set; } = "";

    static readonly System.Buffers.SearchValues<char> Blank = System.Buffers.SearchValues.Create(" \t\r\n\f\v\0");

    /// <summary>The address that a browser makes of a decoded value. For example "\n https://h.example/a b" → "https://h.example/a%20b".</summary>
    public static string Address(string value)
    {
        var trimmed = value.AsSpan().Trim(" \t\r\n\f\v\0");
        return !value.AsSpan().ContainsAny(Blank) ? value
            : trimmed.ContainsAny('\t', '\r', '\n') || trimmed.Contains(' ')
            ? trimmed.ToString().Replace("\t", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal)
                .Replace("\n", "", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal)
            : trimmed.ToString();
    }
}

/// <summary>An image whose address may hold one of our tokens.</summary>
sealed record HtmlImage(int Start, int End, string Source, bool Quoted);
