using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

public sealed class LinkTests
{
    const string LongUrl = "https://h.example/";

    [Theory]
    [InlineData("<a href=\"https://h.example/a\">t</a>", "https://h.example/a")]
    [InlineData("<A HREF='https://h.example/a'>t</A>", "https://h.example/a")]
    [InlineData("<a href=https://h.example/a>t</a>", "https://h.example/a")]
    [InlineData("<a\nclass=x\nhref\n=\n'https://h.example/a'\n>t</a>", "https://h.example/a")]
    [InlineData("<a href=\"https://h.example/\nlong/\n path\">t</a>", "https://h.example/long/%20path")]
    [InlineData("<a href=\" https://h.example/a b \">t</a>", "https://h.example/a%20b")]
    [InlineData("<a href=\"https://h.example/it's\">t</a>", "https://h.example/it's")]
    [InlineData("<a href='https://h.example/?q=\"x\"'>t</a>", "https://h.example/?q=\"x\"")]
    [InlineData("<a href=\"https://h.example/?a=1&amp;b=2&c=3&copy=4\">t</a>", "https://h.example/?a=1&b=2&c=3&copy=4")]
    [InlineData("<a href=\"https&#58;//h.example/&#x61;\">t</a>", "https://h.example/a")]
    [InlineData("<a href=\"https://h.example/?a=1&amp;amp;b=2\">t</a>", "https://h.example/?a=1&amp;b=2")]
    [InlineData("<a href=\"https://h.example?q\">t</a>", "https://h.example?q")]
    [InlineData("<a href=\"https://user:pw@h.example/a,b;c\">t</a>", "https://user:pw@h.example/a,b;c")]
    [InlineData("<a href=\"HTTPS://H.example/%C3%BC%2F\">t</a>", "HTTPS://H.example/%C3%BC%2F")]
    [InlineData("<a data-href=\"https://no.example/\" href=\"https://h.example/a\">t</a>", "https://h.example/a")]
    [InlineData("<map><area shape=rect href=\"https://h.example/a\"></map>", "https://h.example/a")]
    public void Tracks_every_spelling_of_a_link(string html, string url)
    {
        var copy = Post.Send(Post.Html(html));
        var link = Assert.Single(copy.Links);
        Assert.Equal((url, true, null), (link.Url, link.Tracked, link.Reason));
        Assert.Equal(url, Post.Destination(link.TrackedUrl));
        Assert.Equal(link.TrackedUrl, Assert.Single(Dom.Links(Dom.Parse(copy.Text()))).Value);
    }

    [Fact]
    public void Tracks_addresses_beyond_ascii_by_their_letters()
    {
        var mail = System.Text.Encoding.UTF8.GetBytes(
            "To: a@example.com\nContent-Type: text/html; charset=utf-8\n\n<a href=\"https://münchen.example/straße?q=ü\">t</a>");
        Assert.Equal("https://münchen.example/straße?q=ü", Post.Destination(Post.Send(mail).Links[0].TrackedUrl));
        var latin = System.Text.Encoding.Latin1.GetBytes(
            "To: a@example.com\nContent-Type: text/html; charset=iso-8859-1\n\n<a href=\"https://h.example/ü\">a</a> <a href=\"https://h.example/?q=ü\">b</a>");
        var links = Post.Send(latin).Links;
        Assert.Equal("https://h.example/ü", Post.Destination(links[0].TrackedUrl));
        // A browser would send the query's letter as one Latin-1 byte, but after a redirect as two of UTF-8.
        Assert.StartsWith("its query", links[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<a href=\"mailto:a@h.example\">t</a>", "mailto: links are left alone")]
    [InlineData("<a href=\"TEL:+4912345\">t</a>", "tel: links are left alone")]
    [InlineData("<a href=\"cid:part1\">t</a>", "cid: links are left alone")]
    [InlineData("<a href=\"javascript:alert(1)\">t</a>", "javascript: links are left alone")]
    [InlineData("<a href=\"#top\">t</a>", "links within the mail are left alone")]
    [InlineData("<a href>t</a>", "links within the mail are left alone")]
    [InlineData("<a href=\"page.html\">t</a>", "relative links are left alone")]
    [InlineData("<a href=\"?q=http://h.example/\">t</a>", "relative links are left alone")]
    [InlineData("<a href=\"//h.example/\">t</a>", "relative links are left alone")]
    [InlineData("<a href=\"http:\\\\h.example\">t</a>", "it is not an absolute http or https address that can be redirected to")]
    [InlineData("<a href=\"https:///x\">t</a>", "it is not an absolute http or https address that can be redirected to")]
    [InlineData("<a href=\"https://h.example/Unsubscribe?x\">t</a>", "unsubscribe links are left alone")]
    [InlineData("<a href=\"https://h.example/x\">Newsletter <b>abbe</b>stellen</a>", "unsubscribe links are left alone")]
    [InlineData("<a href=\"https://h.example/x\"><img alt=\"Unsubscribe\"></a>", "unsubscribe links are left alone")]
    [InlineData("<a href=\"https://list.example/out/7\">t</a>", "unsubscribe links are left alone")]
    [InlineData("<svg><a href=\"https://h.example/\">t</a></svg>", "links inside drawings are left alone")]
    [InlineData("<!--[if mso]><v:rect href=\"https://h.example/\"></v:rect><![endif]-->", "links that only Outlook shows are left alone unless they repeat another link")]
    public void Leaves_a_link_alone_and_says_why(string html, string reason)
    {
        var mail = Post.Html(html, "List-Unsubscribe: <mailto:out@list.example>,\n <https://list.example/out/7>\n");
        var copy = Post.Send(mail, Post.Options with { Opens = false });
        var link = Assert.Single(copy.Links);
        Assert.Equal((false, reason, null), (link.Tracked, link.Reason, link.TrackedUrl));
        Assert.Equal(mail, copy.Bytes.ToArray());
        Assert.Equal("there is nothing in it to track", copy.Reason);
    }

    [Theory]
    [InlineData("https://www.h.example/pricing", true)]
    [InlineData("www.other.example", true)]
    [InlineData("Go to acme.com now!", true)]
    [InlineData("h.example", true)]
    [InlineData("acme.de/preise", true)]
    [InlineData("(see acme.co.uk)", true)]
    [InlineData("our pricing", false)]
    [InlineData("Version 2.0", false)]
    [InlineData("report.pdf", false)]
    [InlineData("Node.js", false)]
    [InlineData("Read on...", false)]
    [InlineData("anna@acme.com", false)]
    [InlineData("e.g. this", false)]
    [InlineData("t.example.net", false)]
    [InlineData("https://t.example.net/x", false)]
    public void Visible_text_that_names_another_host_keeps_its_link(string text, bool keeps)
    {
        var link = Assert.Single(Post.Send(Post.Html($"<a href=\"https://www.h.example/x\">{text}</a>")).Links);
        Assert.Equal(!keeps, link.Tracked);
        Assert.Equal(text, link.Label);
    }

    [Theory]
    [InlineData("data-track=\"off\"")]
    [InlineData("clicktracking=off")]
    [InlineData("data-msys-clicktrack=\"0\"")]
    [InlineData("data-pm-no-track")]
    [InlineData("disable-tracking=\"true\"")]
    [InlineData("ses:no-track")]
    [InlineData("MC:Disable-Tracking")]
    [InlineData("data-mt-no-track=''")]
    [InlineData("autotrack = \"false\"")]
    public void The_authors_opt_out_is_honoured_and_removed(string attribute)
    {
        var html = $"<a class=x {attribute} href=\"https://h.example/\">t</a> <a href=\"https://h.example/2\" {attribute}>t</a> <a {attribute} {attribute}>t</a>";
        var copy = Post.Send(Post.Html(html), Post.Options with { Opens = false });
        Assert.All(copy.Links, l => Assert.Equal("the author asks not to track this link", l.Reason));
        Assert.Equal(2, copy.Links.Count);
        Assert.Contains("<a class=x href=\"https://h.example/\">t</a> <a href=\"https://h.example/2\">t</a>", copy.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data-track=\"honeypot\"")]
    [InlineData("Data-Track = 'HONEYPOT'")]
    [InlineData("data-track=honeypot")]
    public void The_authors_hidden_link_is_tracked_and_its_mark_is_removed(string attribute)
    {
        var html = $"<a class=x {attribute} href=\"https://h.example/trap\">t</a> <a href=\"https://h.example/2\">t</a> <a href=\"mailto:a@h.example\" {attribute}>t</a>";
        var copy = Post.Send(Post.Html(html), Post.Options with { Opens = false });
        Assert.Equal([(true, true), (true, false), (false, true)], copy.Links.Select(l => (l.Tracked, l.Honeypot)));
        Assert.Contains($"<a class=x href=\"{copy.Links[0].TrackedUrl}\">t</a> <a href=\"{copy.Links[1].TrackedUrl}\">t</a> <a href=\"mailto:a@h.example\">t</a>",
            copy.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clicktracking=\"on\"")]
    [InlineData("data-msys-clicktrack=\"1\"")]
    [InlineData("disable-tracking=\"false\"")]
    [InlineData("data-track=\"on\"")]
    public void Other_values_are_no_opt_out(string attribute)
    {
        var copy = Post.Send(Post.Html($"<a {attribute} href=\"https://h.example/\">t</a>"));
        Assert.True(copy.Links[0].Tracked);
        Assert.Contains(attribute, copy.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_outlook_button_leads_where_its_link_leads()
    {
        const string Html = "<!--[if mso]><v:roundrect href=\"https://h.example/?a&amp;b\"><center>Go</center></v:roundrect><![endif]-->"
            + "<!--[if !mso]><!--><a href='https://h.example/?a&b'>Go</a><!--<![endif]-->";
        var copy = Post.Send(Post.Html(Html));
        var link = Assert.Single(copy.Links);
        Assert.Contains($"<v:roundrect href=\"{link.TrackedUrl}\">", copy.Text(), StringComparison.Ordinal);
        Assert.Contains($"<a href='{link.TrackedUrl}'>", copy.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_too_long_to_be_signed_into_its_address_is_left_alone()
    {
        // 1,000 characters less address and path, three quarters of that less 36 bytes of token.
        const int Room = ((1000 - 24) * 3 / 4) - 36;
        foreach (var (length, tracked) in new[] { (Room, true), (Room + 1, false), (5000, false) })
        {
            var url = LongUrl + new string('x', length - LongUrl.Length);
            var qp = Post.Mail($"To: a@example.com\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(Post.Mail($"<a href=\"{url}\">t</a>"))}\n");
            var link = Assert.Single(Post.Send(qp).Links);
            Assert.Equal(tracked ? null : "its address is too long to be tracked", link.Reason);
        }
    }

    [Fact]
    public void Links_are_numbered_in_order_and_labelled_by_what_is_seen()
    {
        var copy = Post.Send(Post.Html(
            "<a href=\"https://h.example/1\">One\n <b>b</b>ig</a><a href=\"mailto:x@y.example\"></a><a href=\"https://h.example/3\"><img alt=\"Logo\"></a>"
            + $"<a href=\"https://h.example/4\">{new string('x', 90)}</a>"));
        Assert.Equal([0, 1, 2, 3], copy.Links.Select(l => l.Index));
        Assert.Equal(["One big", null, "Logo", new string('x', 79) + "…"], copy.Links.Select(l => l.Label));
    }

    [Fact]
    public void Opens_and_clicks_are_chosen_apart()
    {
        var mail = Post.Html("<a href=\"https://h.example/1\">t</a>");
        var clicks = Post.Send(mail, Post.Options with { Opens = false });
        Assert.True(clicks.Instrumented && clicks.OpenUrl is null && clicks.Links[0].Tracked);
        var opens = Post.Send(mail, Post.Options with { Clicks = false });
        Assert.True(opens.Instrumented && opens.OpenUrl is not null && opens.Links[0].Reason == "link tracking is off for this mail");
        var neither = Post.Send(mail, Post.Options with { Opens = false, Clicks = false });
        Assert.Equal((false, "tracking is off for this mail"), (neither.Instrumented, neither.Reason));
        Assert.Equal(mail, neither.Bytes.ToArray());
    }
}
