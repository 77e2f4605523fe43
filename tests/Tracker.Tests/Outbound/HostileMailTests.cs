using System.Text;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

/// <summary>Mails made to catch the instrumenter out, one trap each.</summary>
public sealed class HostileMailTests
{
    static readonly InstrumentOptions Both = Post.Options with { PlainTextLinks = true };

    static string OldLink => $"https://old-host.example/c/{TokenCodec.Sign(Post.Ring, TokenPurpose.Click, new(42), 0, "https://h.example/old")}";

    static byte[] Alternative(string text, string html) => Post.Mail(
        $"From: rep@example.org\nTo: anna@example.com\nSubject: Offer\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n");

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("====")]
    [InlineData("\n=\n=\n")]
    [InlineData("PHA+eDwvcD4=\n=")]
    [InlineData("PHA+eDwvcD4=PHA+")]
    [InlineData("PHA+eDwvcD")]
    public void Base64_that_is_none_goes_out_as_it_came(string body)
    {
        var mail = Post.Mail($"To: a@example.com\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n{body}\n");
        var copy = Post.Send(mail);
        Assert.Equal((false, "its HTML part is left alone: its transfer encoding is unknown or broken"), (copy.Instrumented, copy.Reason));
        Assert.Equal(mail, copy.Bytes.ToArray());
    }

    [Theory]
    [InlineData(76)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(998)]
    public void Base64_keeps_its_lines_and_its_beginning(int width)
    {
        var html = $"<html><body><p>{new string('x', 20_000)}</p><a href=\"https://h.example/1\">a</a><p>{new string('y', 20_000)}</p></body></html>";
        var encoded = string.Join('\n', Convert.ToBase64String(Encoding.ASCII.GetBytes(html)).Chunk(width).Select(c => new string(c)));
        var mail = Post.Mail($"To: a@example.com\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n{encoded}\n");
        var copy = Post.Send(mail);
        Assert.True(copy.Instrumented, copy.Reason);
        var text = copy.Text();
        Assert.Equal(Encoding.Latin1.GetString(mail)[..20_000], text[..20_000]);
        Assert.Equal(width, text[text.IndexOf("\r\n\r\n", StringComparison.Ordinal)..].Split("\r\n").Max(l => l.Length));
        var read = MimeKit.MimeMessage.Load(new MemoryStream(copy.Bytes.ToArray()), TestContext.Current.CancellationToken).HtmlBody!;
        var (pixel, end) = (read.IndexOf("<img", StringComparison.Ordinal), read.IndexOf("</body>", StringComparison.Ordinal));
        Assert.Equal(html.Replace("https://h.example/1", copy.Links[0].TrackedUrl, StringComparison.Ordinal), read.Remove(pixel, end - pixel));
    }

    [Fact]
    public void An_outlook_button_that_opts_out_stays_although_its_link_is_tracked_elsewhere()
    {
        var copy = Post.Send(Post.Html("<!--[if mso]><a data-track=\"off\" href=\"https://h.example/1\">Go</a><![endif]--><a href=\"https://h.example/1\">Go</a>"));
        Assert.Contains("<!--[if mso]><a href=\"https://h.example/1\">Go</a><![endif]-->", copy.Text(), StringComparison.Ordinal);
        Assert.Equal([true, false], copy.Links.Select(l => l.Tracked));
    }

    [Fact]
    public void A_quoted_outlook_button_loses_its_old_token_too()
    {
        var copy = Post.Send(Post.Html($"<p>Yes</p><blockquote type=\"cite\"><!--[if mso]><v:rect href=\"{OldLink}\"></v:rect><![endif]--><a href=\"{OldLink}\">Go</a></blockquote>"));
        Assert.True(copy.Instrumented, copy.Reason);
        Assert.DoesNotContain("/c/", copy.Text(), StringComparison.Ordinal);
        Assert.Contains("<v:rect href=\"https://h.example/old\">", copy.Text(), StringComparison.Ordinal);
        Assert.Equal("https://h.example/old", Assert.Single(copy.Links).Url);
    }

    [Fact]
    public void What_the_html_exempts_stays_in_the_plain_text()
    {
        var copy = Post.Send(Alternative(
            "https://h.example/1\nhttps://h.example/2\nhttps://h.example/3\n",
            "<a href=\"https://h.example/1\" data-track=\"off\">a</a> <a href=\"https://h.example/2\">Unsubscribe</a> <a href=\"https://h.example/3\">c</a>"), Both);
        Assert.Contains("\r\nhttps://h.example/1\r\nhttps://h.example/2\r\nhttps://t.example.net/c/", copy.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("To unsubscribe: https://h.example/x", false)]
    [InlineData("Hier abmelden:\n\n<https://h.example/x>", false)]
    [InlineData("Hier abmelden:\n<https://h.example/x>", false)]
    [InlineData("Our offer: https://h.example/x", true)]
    public void A_way_out_named_beside_an_address_keeps_it(string text, bool tracked)
    {
        var copy = Post.Send(Post.Mail($"To: a@example.com\nContent-Type: text/plain\n\n{text}\n"), Both);
        Assert.Equal(tracked, Assert.Single(copy.Links).Tracked);
    }

    [Fact]
    public void A_mail_tracked_in_its_plain_text_alone_is_tracked_once()
    {
        var first = Post.Send(Alternative("Look: https://h.example/1", "<p>Look</p>"), Both with { Opens = false });
        Assert.True(first.Instrumented, first.Reason);
        var again = Post.Send(first.Bytes.ToArray(), Both with { Opens = false });
        Assert.Equal("the mail is tracked already", again.Reason);
        Assert.Equal(first.Text(), again.Text());
    }

    [Fact]
    public void A_reply_whose_plain_text_quotes_without_a_mark_is_tracked()
    {
        var copy = Post.Send(Alternative($"Yes\n\nOn Monday Rita wrote:\nLook: {OldLink}", $"<p>Yes</p><blockquote type=cite><a href=\"{OldLink}\">Look</a></blockquote>"));
        Assert.True(copy.Instrumented, copy.Reason);
        Assert.DoesNotContain("/c/", copy.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<a href=\"https://h.example/1\" href=\"https://evil.example/\">t</a>", "https://h.example/1")]
    [InlineData("<a title='>' href=\"https://h.example/1\">t</a>", "https://h.example/1")]
    [InlineData("<a/href=https://h.example/1>t</a>", "https://h.example/1")]
    [InlineData("<a href=\"&#104;ttps://h.example/1\">t</a>", "https://h.example/1")]
    [InlineData("<![if !mso]><a href=\"https://h.example/1\">t</a><![endif]>", "https://h.example/1")]
    [InlineData("<noscript><a href=\"https://h.example/1\">t</a></noscript>", "https://h.example/1")]
    [InlineData("<!--><a href=\"https://h.example/1\">t</a>", "https://h.example/1")]
    [InlineData("<!-- <a href=x> --!><a href=\"https://h.example/1\">t</a>", "https://h.example/1")]
    [InlineData("<style><a href=x></style ><a href=\"https://h.example/1\">t</a>", "https://h.example/1")]
    [InlineData("<a\thref=\"https://h.example/1\"data-track=on>t</a>", "https://h.example/1")]
    public void Finds_the_one_link_that_a_browser_finds(string html, string url)
    {
        var copy = Post.Send(Post.Html(html));
        Assert.Equal((url, true), (Assert.Single(copy.Links).Url, copy.Links[0].Tracked));
        Assert.Equal(copy.Links[0].TrackedUrl, Assert.Single(Dom.Links(Dom.Parse(copy.Text()))).Value);
    }

    [Theory]
    [InlineData("<a href=\"java&Tab;script:alert(1)\">t</a>")]
    [InlineData("<a href=\"https&colon;\\\\h.example\">t</a>")]
    [InlineData("<a href=\"https://h.example/&#13;&#10;Set-Cookie:x\\\">t</a>")]
    [InlineData("<plaintext><a href=\"https://h.example/1\">t</a>")]
    [InlineData("<textarea><a href=\"https://h.example/1\">t</a></textarea>")]
    [InlineData("<!-- <a href=\"https://h.example/1\">t</a>")]
    [InlineData("<link href=\"https://h.example/1\"><base href=\"https://h.example/1\">")]
    public void Touches_nothing_that_is_no_safe_link(string html)
    {
        var mail = Post.Html(html);
        var copy = Post.Send(mail, Post.Options with { Opens = false });
        Assert.DoesNotContain(copy.Links, l => l.Tracked);
        Assert.Equal(mail, copy.Bytes.ToArray());
    }
}
