using System.Text;
using AngleSharp.Html;
using CsCheck;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

/// <summary>Our byte scanner against a whole HTML parser.</summary>
public sealed class HtmlOracleTests
{
    [Fact]
    public void Finds_the_links_that_a_parser_finds() => HtmlSoup.Any.Sample(
        html =>
        {
            var outline = HtmlOutline.Read(Encoding.UTF8.GetBytes(html), Encoding.UTF8);
            if (outline.Unreadable is not null)
            {
                return;
            }
            // The parser may show a link twice, where it repairs wrong nesting, but never one that is not there.
            var expected = Dom.Links(Dom.Parse(html)).Select(a => Dom.Clean(a.Value)).Distinct().Order(StringComparer.Ordinal);
            var found = outline.Links.Where(l => l.Place != LinkPlace.OutlookOnly).Select(l => l.Url).Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(expected, found);
        },
        iter: 10_000);

    [Fact]
    public void A_tracked_document_differs_only_in_hrefs_and_one_image() => HtmlSoup.Closed.Sample(
        html =>
        {
            var mail = Post.Html(html);
            var copy = Post.Send(mail);
            if (copy.Instrumented)
            {
                Dom.AssertSameButForTracking(Body(mail), Body(copy.Bytes.ToArray()), copy, "soup");
            }
        },
        iter: 3_000);

    [Fact]
    public void Decodes_every_named_reference_as_a_parser_does()
    {
        var entities = (HtmlEntityProvider)HtmlEntityProvider.Resolver;
        var names = Enumerable.Range(1, 0x1FFFF).Where(Rune.IsValid).Select(c => entities.GetName(new Rune(c).ToString())?.TrimEnd(';')).OfType<string>().ToList();
        Assert.True(names.Count > 1000, $"only {names.Count} names");
        foreach (var name in names)
        {
            foreach (var text in new[] { $"&{name}", $"&{name}x", $"&{name}=", $"&{name}/", $"&{name};" })
            {
                var document = Dom.Parse($"<a href=\"{text}\">{text}</a>");
                Assert.Equal(Dom.Links(document)[0].Value, CharacterReferences.Decode(text, attribute: true));
                Assert.Equal(document.Body!.TextContent, CharacterReferences.Decode(text, attribute: false));
            }
        }
    }

    [Fact]
    public void Decodes_every_numeric_reference_as_a_parser_does()
    {
        foreach (var code in Enumerable.Range(0, 0x300).Concat([0xD800, 0xDFFF, 0xFFFD, 0x1F600, 0x10FFFF, 0x110000, int.MaxValue]))
        {
            foreach (var text in new[] { $"&#{code};", $"&#x{code:x};", $"&#X{code:X}g", $"&#{code}" })
            {
                Assert.Equal(Dom.Links(Dom.Parse($"<a href=\"{text}\">"))[0].Value, CharacterReferences.Decode(text, attribute: true));
            }
        }
    }

    [Fact]
    public void What_is_written_is_read_back() => Gen.String.Sample(text =>
    {
        var clean = text.Replace("\0", "", StringComparison.Ordinal);
        var encoded = CharacterReferences.Encode(clean);
        Assert.True(Ascii.IsValid(encoded));
        foreach (var html in new[] { $"<a href=\"{encoded}\">", $"<a href='{encoded}'>" })
        {
            Assert.Equal(CharacterReferences.Decode(encoded, attribute: true), Dom.Links(Dom.Parse(html))[0].Value);
        }
    });

    static string Body(byte[] mail)
    {
        var text = Encoding.UTF8.GetString(mail);
        return text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }
}
