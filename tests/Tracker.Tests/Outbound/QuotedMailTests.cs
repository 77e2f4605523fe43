using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

public sealed class QuotedMailTests
{
    static readonly CopyId Earlier = new(42);

    static string OldLink => $"https://old-host.example/track/c/{TokenCodec.Sign(Post.Ring, TokenPurpose.Click, Earlier, 0, "https://h.example/?a=1&b=\"2\"")}";

    static string OldPixel => $"https://old-host.example/track/o/{TokenCodec.Sign(Post.Ring, TokenPurpose.Open, Earlier)}.gif";

    public static TheoryData<string, string> Quotations => new()
    {
        { "<div class=\"gmail_quote gmail_quote_container\"><div dir=ltr class=gmail_attr>On Monday</div><blockquote class=\"gmail_quote\">", "</blockquote></div>" },
        { "<div id=\"yahoo_quoted_1\" class=\"yahoo_quoted\"><div>", "</div></div>" },
        { "<blockquote type=\"cite\" cite=\"mid:1@x\"><div>", "</div></blockquote>" },
        { "<div class=\"protonmail_quote\">", "</div>" },
        { "<div class='zmail_extra' style='zoom:1'>", "</div>" },
        { "<div class=\"moz-forward-container\"><div>", "</div></div>" },
        { "<div id=mail-editor-reference-message-container>", "</div>" },
    };

    public static TheoryData<string> Dividers => new(
        "<div id=\"appendonsend\"></div><hr><div>",
        "<hr><div id=\"divRplyFwdMsg\" dir=\"ltr\"><b>From:</b> x</div>",
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>From:</b> x</p></div></div>",
        "<div><div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in'><p><b>From:</b> x</p></div></div>");

    [Theory]
    [MemberData(nameof(Quotations))]
    public void Links_in_a_quotation_stay_and_those_around_it_are_tracked(string open, string close)
    {
        var copy = Post.Send(Post.Html($"<a href=\"https://h.example/1\">a</a>{open}<div><a href=\"https://h.example/2\">b</a></div>{close}<a href=\"https://h.example/3\">c</a>"));
        Assert.Equal([true, false, true], copy.Links.Select(l => l.Tracked));
        Assert.Equal("links inside quoted earlier mail are left alone", copy.Links[1].Reason);
    }

    [Theory]
    [MemberData(nameof(Dividers))]
    public void All_links_below_a_divider_stay(string divider)
    {
        var copy = Post.Send(Post.Html($"<a href=\"https://h.example/1\">a</a>{divider}<a href=\"https://h.example/2\">b</a></div><a href=\"https://h.example/3\">c</a>"));
        Assert.Equal([true, false, false], copy.Links.Select(l => l.Tracked));
    }

    [Theory]
    [InlineData("<blockquote>")]
    [InlineData("<div class=\"my_gmail_quote\">")]
    [InlineData("<div style=\"border:none\">")]
    public void What_only_looks_like_a_quotation_is_tracked(string open) =>
        Assert.True(Post.Send(Post.Html($"{open}<a href=\"https://h.example/2\">b</a>")).Links[0].Tracked);

    [Theory]
    [MemberData(nameof(Quotations))]
    public void Old_tokens_in_a_quotation_are_removed(string open, string close)
    {
        var safe = "https://eur01.safelinks.example/?url=" + Uri.EscapeDataString(OldLink) + "&data=1";
        var proxy = $"https://ci3.googleusercontent.example/meips/ABC=s0-d-e1-ft#{OldPixel}";
        var copy = Post.Send(Post.Html(
            $"<p>Yes</p>{open}<a href=\"{OldLink}\">a</a><a href='{safe}'>b</a><a href={OldLink}>c</a><img src=\"{OldPixel}\" width=1><img src=\"{proxy}\"><img src=\"https://h.example/logo.png\">{close}"));
        Assert.True(copy.Instrumented, copy.Reason);
        const string Free = "https://h.example/?a&#61;1&amp;b&#61;&#34;2&#34;";
        Assert.Contains(
            $"<p>Yes</p>{open}<a href=\"{Free}\">a</a><a href='{Free}'>b</a><a href={Free}>c</a><img src=\"https://h.example/logo.png\">{close}", copy.Text(), StringComparison.Ordinal);
        Assert.All(copy.Links, l => Assert.Equal("https://h.example/?a=1&b=\"2\"", l.Url));
        Assert.All(copy.Links, l => Assert.False(l.Tracked));
        Assert.Equal(copy.Text(), Post.Send(copy.Bytes.ToArray()).Text());
    }

    [Fact]
    public void A_token_of_another_ring_is_no_business_of_ours()
    {
        var other = new KeyRing([new SigningKey(7, new byte[32])]);
        var url = $"{Post.PublicUrl}/c/{TokenCodec.Sign(other, TokenPurpose.Click, Earlier, 0, "https://h.example/")}";
        var copy = Post.Send(Post.Html($"<a href=\"{url}\">a</a><blockquote type=cite><a href=\"{url}\">b</a></blockquote>"));
        Assert.Equal([true, false], copy.Links.Select(l => l.Tracked));
        Assert.Contains($"<blockquote type=cite><a href=\"{url}\">", copy.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_with_our_own_token_outside_a_quotation_is_tracked_already()
    {
        foreach (var html in new[] { $"<a href=\"{OldLink}\">a</a>", $"<img src=\"{OldPixel}\">" })
        {
            var mail = Post.Html(html);
            var copy = Post.Send(mail);
            Assert.Equal("the mail is tracked already", copy.Reason);
            Assert.Equal(mail, copy.Bytes.ToArray());
        }
    }

    [Fact]
    public void Old_tokens_in_the_plain_text_beside_are_removed_too()
    {
        var mail = Post.Mail($"""
            To: a@example.com
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain

            Yes
            > see <{OldLink}>.
            --b
            Content-Type: text/html

            <p>Yes</p>
            --b--
            """);
        Assert.Contains("> see <https://h.example/?a=1&b=\"2\">.", Post.Send(mail).Text(), StringComparison.Ordinal);
    }
}
