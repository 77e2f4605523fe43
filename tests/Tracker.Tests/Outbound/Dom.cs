using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

/// <summary>A second HTML parser's view of a document before and after.</summary>
static class Dom
{
    // An image at the end of broken HTML reopens formatting that was never closed.
    static readonly HashSet<string> Formatting =
        ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

    /// <summary>Fails unless the trees differ only in the addresses of tracked links, in removed opt-outs and in one pixel.</summary>
    public static void AssertSameButForTracking(string before, string after, MailCopy copy, string name)
    {
        var (old, now) = (Parse(before), Parse(after));
        var pixelIn = RemovePixel(now, copy);
        while (Links(now).Count > Links(old).Count && IsEmptyFormatting(pixelIn))
        {
            pixelIn = RemoveUp(pixelIn!);
        }
        var (oldLinks, nowLinks) = (Links(old), Links(now));
        Assert.True(oldLinks.Count == nowLinks.Count, $"{name}: {oldLinks.Count} links became {nowLinks.Count}");
        foreach (var (was, becomes) in oldLinks.Zip(nowLinks))
        {
            if (becomes.Value == was.Value)
            {
                continue;
            }
            var destination = Post.Destination(becomes.Value);
            // Beyond ASCII the strings here are bytes in disguise.
            Assert.True(destination == Clean(was.Value) || !System.Text.Ascii.IsValid(was.Value), $"{name}: '{was.Value}' leads to '{destination}'");
            becomes.Value = was.Value;
        }
        foreach (var comment in now.Descendants<IComment>().Where(c => c.Data.StartsWith("[if", StringComparison.Ordinal)))
        {
            comment.Data = copy.Links.Where(l => l.Tracked).Aggregate(comment.Data, (data, l) => data.Replace(l.TrackedUrl!, l.Url, StringComparison.Ordinal));
        }
        foreach (var comment in old.Descendants<IComment>().Where(c => c.Data.StartsWith("[if", StringComparison.Ordinal)))
        {
            comment.Data = comment.Data.Replace("&amp;", "&", StringComparison.Ordinal);
        }
        foreach (var link in oldLinks.Select(l => l.OwnerElement!))
        {
            link.RemoveAttribute("data-track");
        }
        AssertSameTree(old, now, pixelIn, name);
    }

    public static IDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    /// <summary>Every href of an a or area, also those in templates, in tree order.</summary>
    public static List<IAttr> Links(INode root) =>
        [.. root.Descendants<IElement>().Where(e => e.LocalName is "a" or "area").Select(e => e.Attributes["href"]).OfType<IAttr>()];

    public static string Clean(string href) => href.Trim(' ', '\t', '\r', '\n', '\f', '\v', '\0').Replace("\t", "", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal);

    /// <returns>What the pixel stood in; null without a pixel.</returns>
    static INode? RemovePixel(IDocument document, MailCopy copy)
    {
        var pixels = document.Descendants<IElement>().Where(e => e.LocalName == "img" && e.GetAttribute("src") == copy.OpenUrl).ToList();
        Assert.Equal(copy.OpenUrl is null ? 0 : 1, pixels.Count);
        var parent = pixels.FirstOrDefault()?.Parent;
        pixels.FirstOrDefault()?.Remove();
        return parent;
    }

    /// <summary>Takes away, one by one, the formatting elements that were opened for the pixel alone, until the trees are the same.</summary>
    static void AssertSameTree(IDocument old, IDocument now, INode? parent, string name)
    {
        var expected = Outline(old);
        while (Outline(now) != expected && IsEmptyFormatting(parent))
        {
            parent = RemoveUp(parent!);
        }
        AssertSameText(expected, Outline(now), name);
    }

    static bool IsEmptyFormatting(INode? node) => node is IElement element && !element.HasChildNodes && Formatting.Contains(element.LocalName);

    static INode? RemoveUp(INode node)
    {
        var parent = node.Parent;
        ((IElement)node).Remove();
        return parent;
    }

    static string Outline(IDocument document)
    {
        document.Normalize();
        return document.ToHtml();
    }

    static void AssertSameText(string old, string now, string name)
    {
        var at = old.Zip(now).TakeWhile(p => p.First == p.Second).Count();
        Assert.True(old == now, $"{name} differs at {at}: '{Around(old, at)}' became '{Around(now, at)}'");
    }

    static string Around(string text, int at) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 60)];
}
