using CsCheck;

namespace Tracker.Tests.Outbound;

/// <summary>Random HTML out of the pieces that make scanners err. "%n" becomes a number that is unique in the document.</summary>
static class HtmlSoup
{
    static readonly string[] Pieces =
    [
        "<a href=\"http://h.example/%n\">t</a>", "<A HREF='http://h.example/%n'>t</A>", "<a href=http://h.example/%n>t</a>",
        "<a\nhref\r\n=\t\"http://h.example/%n\"\n>", "<a data-href=\"http://no.example/%n\" href=\"http://h.example/%n\">", "<area href=http://h.example/%n>",
        "<a href=\"http://h.example/%n\" href=\"http://no.example/%n\">", "<a/href=\"http://h.example/%n\"/>", "<a href=\"http://h.exa\nmple/%n  \">",
        "<a title='>' href=\"http://h.example/%n\">", "<a title=\"'\" alt='\"' href='http://h.example/%n?q=\"'>", "<a href = http://h.example/%n/>",
        "<a href=\"http://h.example/%n?a=1&b=2&copy=3&amp;c&copy;d&notit;e&not;f&#39;&#x41;&#128;&#0;&lt&gt=1&para/\">",
        "<a href=\"mailto:a@h.example?%n\">", "<a name=%n>", "<a href>", "<a href=>", "<link href=http://no.example/%n>", "<base target=_blank>",
        "<!-- <a href=\"http://no.example/%n\"> -->", "<!--><a href=\"http://h.example/%n\">", "<!---><a href=\"http://h.example/%n\">",
        "<!-- x --!><a href=\"http://h.example/%n\">", "<!-- <!-- --><a href=\"http://h.example/%n\">", "<!-- x -- > -- >-->", "<!--[if mso]><a href=\"http://no.example/%n\"><![endif]-->",
        "<style>a { content: '<a href=\"http://no.example/%n\">' }</style>", "<style><!-- </style>", "<script>var a='<a href=\"http://no.example/%n\">';</script>",
        "<script><!-- <script> </script> <a href=\"http://no.example/%n\"> --></script>", "<script><!--></script>", "<textarea><a href=\"http://no.example/%n\"></textarea>",
        "<title><a href=\"http://no.example/%n\"></title>", "<xmp></xm><a href=\"http://no.example/%n\"></xmp >", "<iframe><a href=\"http://no.example/%n\"></iframe>",
        "<noscript><a href=\"http://h.example/%n\"></noscript>", "<x y=\"<a href='http://no.example/%n'>\">", "<x y=<a href=\"http://no.example/%n\">",
        "</a href=\"http://no.example/%n\">", "<? <a href=http://no.example/%n>", "<!x <a href=http://no.example/%n>", "</3 <a href=http://no.example/%n>", "</>",
        "<3", "< a href=http://no.example/%n>", "<a<b href=http://no.example/%n>", "<ab href=http://no.example/%n>", "&lt;a href=http://no.example/%n&gt;",
        "<![CDATA[ <a href=\"http://h.example/%n\"> ]]>", "<!DOCTYPE html PUBLIC \"x>y\">", "<svg><a href=\"http://h.example/%n\"></a></svg>", "<svg/>",
        "<p>", "</p>", "<b>", "</b>", "<i>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<div>", "</div>", "<br/>", "<ul><li>", "text", " ", "\n", "ü",
        "</body>", "</html>", "<body>", "<html>", "<head>", "</head>", "<", ">", "\"", "'", "=", "/", "-->", "&", "&amp", "<a title=\"", "<div class='",
    ];

    public static readonly Gen<string> Any = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 40].Select(Number);

    /// <summary>
    /// The same with what it left open closed at the end. In a table that is never closed a parser moves the pixel out, and may open an anchor again for it:
    /// harmless to readers, but more than one image of difference.
    /// </summary>
    public static readonly Gen<string> Closed = Gen.Select(Any, Gen.Bool, (html, body) => html + "\"'></table></a></table></a>" + (body ? "</body>\n</html>" : ""));

    static string Number(string[] pieces) => string.Concat(pieces.Select((p, i) => p.Replace("%n", $"{i}", StringComparison.Ordinal)));
}
