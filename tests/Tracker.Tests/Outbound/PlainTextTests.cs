using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

public sealed class PlainTextTests
{
    static readonly InstrumentOptions Options = Post.Options with { PlainTextLinks = true };

    static byte[] Plain(string text) => Post.Mail($"To: a@example.com\nContent-Type: text/plain; format=flowed\n\n{text}\n");

    [Fact]
    public void Plain_text_is_left_alone_unless_asked_for()
    {
        var mail = Plain("See https://h.example/x");
        Assert.Equal("the mail has no HTML part", Post.Read(mail).Untrackable);
        Assert.Equal("the mail has no HTML part", Post.Send(mail).Reason);
        Assert.Equal(mail, Post.Send(mail).Bytes.ToArray());
    }

    [Theory]
    [InlineData("See https://h.example/x.", "https://h.example/x")]
    [InlineData("(HTTP://h.example/a_(b)), yes", "HTTP://h.example/a_(b)")]
    [InlineData("<https://h.example/?q=1&r=2>", "https://h.example/?q=1&r=2")]
    [InlineData("\"https://h.example/\"", "https://h.example/")]
    [InlineData("is it https://h.example/?", "https://h.example/")]
    public void Finds_an_address_as_readers_do(string text, string url)
    {
        var copy = Post.Send(Plain(text), Options);
        var link = Assert.Single(copy.Links);
        Assert.Equal(url, link.Url);
        Assert.Equal(url, Post.Destination(link.TrackedUrl));
        Assert.Equal(Post.Mail($"{text.Replace(url, link.TrackedUrl, StringComparison.Ordinal)}\n"), copy.Bytes.ToArray()[^(text.Length - url.Length + link.TrackedUrl!.Length + 2)..]);
        Assert.Null(copy.OpenUrl);
    }

    [Theory]
    [InlineData("https://h.example/unsubscribe", "unsubscribe links are left alone")]
    [InlineData("> https://h.example/x", "links inside quoted earlier mail are left alone")]
    [InlineData("-----Original Message-----\nhttps://h.example/x", "links inside quoted earlier mail are left alone")]
    [InlineData("________________________________\nFrom: x\nhttps://h.example/x", "links inside quoted earlier mail are left alone")]
    public void Leaves_an_address_alone_and_says_why(string text, string reason)
    {
        var mail = Plain(text);
        var copy = Post.Send(mail, Options);
        Assert.Equal(reason, Assert.Single(copy.Links).Reason);
        Assert.Equal(mail, copy.Bytes.ToArray());
    }

    [Fact]
    public void Text_and_html_are_numbered_together_and_tracked_once()
    {
        var mail = Post.Mail("""
            To: a@example.com
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain

            See https://h.example/x
            --b
            Content-Type: text/html

            <a href="https://h.example/x">See</a>
            --b--
            """);
        var copy = Post.Send(mail, Options);
        Assert.Equal([0, 1], copy.Links.Select(l => l.Index));
        Assert.All(copy.Links, l => Assert.Equal("https://h.example/x", Post.Destination(l.TrackedUrl)));
        Assert.Equal("the mail is tracked already", Post.Send(copy.Bytes.ToArray(), Options).Reason);
        var plain = Post.Send(Plain("https://h.example/x"), Options);
        Assert.Equal("the mail is tracked already", Post.Send(plain.Bytes.ToArray(), Options).Reason);
    }

    [Fact]
    public void The_opt_out_page_comes_by_placeholder_or_footer()
    {
        var mail = Post.Mail("""
            To: a@example.com
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain

            Not interested? {{opt-out}}
            --b
            Content-Type: text/html

            <a href="http://{{opt-out}}">Not interested?</a><a href="%7B%7Bopt-out%7D%7D">x</a></body>
            --b--
            """);
        var copy = Post.Send(mail, Post.Options with { OptOutFooter = "Don't track me <ä>" });
        var url = copy.Links[0].Url;
        Assert.StartsWith(Post.PublicUrl + "/u/", url, StringComparison.Ordinal);
        Assert.Contains($"Not interested? {url}\r\n", copy.Text(), StringComparison.Ordinal);
        Assert.Contains($"<a href=\"{url}\">Not interested?</a><a href=\"{url}\">x</a><p><a href=\"{url}\">Don&#39;t track me &#60;&#228;&#62;</a></p><img ", copy.Text(), StringComparison.Ordinal);
    }
}
