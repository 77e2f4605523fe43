namespace Tracker.Outbound.Instrumenting;

enum HtmlTokenKind
{
    None,
    Text,

    /// <summary>Content of style, script, title and the like: never markup.</summary>
    RawText,
    StartTag,
    EndTag,
    Comment,

    /// <summary>Doctypes, processing instructions and malformed markup.</summary>
    Other,
}

/// <summary>An attribute by byte ranges. A missing value is an empty range.</summary>
/// <param name="Quote">The quotation mark around the value; 0 for none.</param>
/// <param name="End">Behind the value and its closing quote.</param>
readonly record struct HtmlAttribute(int NameStart, int NameEnd, int ValueStart, int ValueEnd, byte Quote, int End);
