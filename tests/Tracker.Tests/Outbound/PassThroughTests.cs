using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

public sealed class PassThroughTests
{
    const string Html = "Content-Type: text/html\n\n<p><a href=\"https://h.example/\">t</a></p>\n";

    static string Multipart(string type, params string[] parts) =>
        $"Content-Type: {type}; boundary=\"b\"\n\n" + string.Concat(parts.Select(p => $"--b\n{p}\n")) + "--b--\n";

    public static TheoryData<string, string> Untouchable => new()
    {
        { Multipart("multipart/signed; protocol=\"application/pkcs7-signature\"", Html, "Content-Type: application/pkcs7-signature\n\nx"), "S/MIME-signed mail is passed through untouched" },
        { Multipart("multipart/signed; protocol=\"application/pgp-signature\"", Html, "Content-Type: application/pgp-signature\n\nx"), "PGP-signed mail is passed through untouched" },
        { Multipart("multipart/mixed", Multipart("multipart/signed; protocol=\"application/pgp-signature\"", Html).Replace("\"b\"", "\"c\"", StringComparison.Ordinal).Replace("--b", "--c", StringComparison.Ordinal), Html), "PGP-signed mail is passed through untouched" },
        { Multipart("multipart/encrypted", "Content-Type: application/octet-stream\n\nx"), "encrypted mail is passed through untouched" },
        { "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx", "S/MIME mail is passed through untouched" },
        { "Content-Type: text/html\n\n<pre>-----BEGIN PGP MESSAGE-----</pre>", "PGP mail is passed through untouched" },
        { Multipart("multipart/alternative", "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nLS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0t", Html), "PGP mail is passed through untouched" },
        { "DKIM-Signature: v=1; b=x\n" + Html, "the mail is sealed already (DKIM or ARC), and a change would break the seal" },
        { "ARC-Seal: i=1; b=x\n" + Html, "the mail is sealed already (DKIM or ARC), and a change would break the seal" },
        { "Auto-Submitted: auto-replied\n" + Html, "automatic replies are passed through untouched" },
        { "X-Track: OFF\n" + Html, "the mail says X-Track: off" },
        { Multipart("multipart/report", Html), "delivery reports and receipts are passed through untouched" },
        { "Content-Type: message/partial; id=x; number=1\n\nx", "a mail cut into pieces is passed through untouched" },
        { Multipart("multipart/mixed", Html, "Content-Type: application/ms-tnef; name=winmail.dat\n\nx"), "mail in Outlook's own format (winmail.dat) is passed through untouched" },
        { Multipart("multipart/alternative", Html, "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR"), "calendar invitations are passed through untouched" },
        { "Content-Type: text/plain\n" + Html, "its MIME headers contradict each other" },
        { "Content-Type: text/plain\n\nhttps://h.example/", "the mail has no HTML part" },
        { Multipart("multipart/mixed", "Content-Type: text/plain\n\nx", "Content-Disposition: attachment\n" + Html), "the mail has no HTML part" },
        { Multipart("multipart/mixed", "Content-Type: text/plain\n\nx", "Content-Disposition: inline; filename=page.html\n" + Html), "the mail has no HTML part" },
        { Multipart("multipart/mixed", "Content-Type: text/plain\n\nx", "Content-Type: message/rfc822\n\nSubject: x\n" + Html), "the mail has no HTML part" },
        { Multipart("multipart/related", "Content-Type: text/plain\n\nx", Html), "the mail has no HTML part" },
        { "Content-Type: text/html\n\n<frameset><frame src=x></frameset>", "its HTML part is left alone: it is a frameset" },
        { "Content-Type: text/html\n\n<svg><style><a href=https://h.example/></style></svg>", "its HTML part is left alone: its inline drawing or list box can be read in two ways" },
        { "Content-Type: text/html\nContent-MD5: x\n\n<p>x</p>", "its HTML part is left alone: its headers contradict each other or vouch for its bytes" },
        { "Content-Type: text/html\n\n<p>x\0</p>", "its HTML part is left alone: it contains zero bytes" },
        { "Content-Type: text/html\n\n" + string.Concat(Enumerable.Repeat("<a href=\"https://h.example/\">\n", 1001)), "a mail with more than 1000 links is passed through untouched" },
    };

    [Theory]
    [MemberData(nameof(Untouchable))]
    public void Passes_through_untouched_and_says_why(string rest, string reason)
    {
        var bytes = Post.Mail("To: a@example.com\n" + rest);
        var mail = Post.Read(bytes);
        Assert.Equal(reason, mail.Untrackable);
        var copy = mail.CopyFor(Post.Copy, Post.Ring, Post.Options);
        Assert.Equal((false, reason, null), (copy.Instrumented, copy.Reason, copy.OpenUrl));
        Assert.Equal(bytes, copy.Bytes.ToArray());
        Assert.DoesNotContain(copy.Links, l => l.Tracked);
    }

    [Fact]
    public void The_parts_beside_a_trackable_one_stay_as_they_are()
    {
        var rest = Multipart("multipart/mixed", Html, "Content-Type: text/x-amp-html\n\n<a href=\"https://h.example/\">t</a>",
            "Content-Type: message/rfc822\n\nBcc: x@example.com\n" + Html, "Content-Disposition: attachment\n" + Html, "Content-Type: text/plain\n\nhttps://h.example/");
        var copy = Post.Send(Post.Mail("To: a@example.com\n" + rest));
        Assert.Single(copy.Links);
        var after = Html.Replace("https://h.example/", copy.Links[0].TrackedUrl, StringComparison.Ordinal).TrimEnd('\n')
            + $"\n<img src=\"{copy.OpenUrl}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0;position:absolute;margin:-1px 0 0\">";
        var first = rest.IndexOf(Html, StringComparison.Ordinal);
        Assert.Equal(Post.Mail("To: a@example.com\n" + rest[..first] + after + rest[(first + Html.Length)..]), copy.Bytes.ToArray());
    }

    [Fact]
    public void A_calendar_invitation_is_tracked_only_when_asked_for_and_never_in_its_calendar_part()
    {
        const string Calendar = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nURL:https://h.example/";
        var mail = Post.Mail("To: a@example.com\n" + Multipart("multipart/alternative", Html, Calendar));
        var copy = Post.Send(mail, Post.Options with { CalendarInvites = true });
        Assert.True(copy.Instrumented);
        Assert.Contains(Calendar.ReplaceLineEndings("\r\n"), copy.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_html_parts_all_links_are_tracked_and_the_first_gets_the_pixel()
    {
        var copy = Post.Send(Post.Mail("To: a@example.com\n" + Multipart("multipart/mixed", Html, "Content-Type: image/png\n\nx", Html)));
        Assert.Equal(2, copy.Links.Count(l => l.Tracked));
        Assert.Equal(2, copy.Text().Split("/o/").Length);
        Assert.True(copy.Text().IndexOf("/o/", StringComparison.Ordinal) < copy.Text().IndexOf("image/png", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mail_longer_than_gmail_shows_gets_a_warning()
    {
        var lines = string.Concat(Enumerable.Repeat(new string('x', 70) + "\n", 1500));
        Assert.Equal(["The HTML is longer than 102 KB: Gmail hides the end, and with it the pixel."], Post.Send(Post.Html(lines)).Warnings);
        Assert.Empty(Post.Send(Post.Html(lines[..100_000])).Warnings);
    }

    const string Listed = "List-Post: <mailto:friends@lists.example>\n";

    [Fact]
    public void Short_html_that_a_list_hands_on_gets_no_pixel_and_is_told_why()
    {
        const string Short = "<p>Hello <a href=\"https://h.example/\">here</a></p>";
        var copy = Post.Send(Post.Html(Short, Listed));
        Assert.True(copy.Instrumented && copy.Links[0].Tracked);
        Assert.Null(copy.OpenUrl);
        Assert.DoesNotContain("<img", copy.Text(), StringComparison.Ordinal);
        Assert.StartsWith("No pixel: ", Assert.Single(copy.Warnings), StringComparison.Ordinal);
        var bare = Post.Send(Post.Html("<p>Hello</p>", Listed));
        Assert.StartsWith("a pixel might cost it the inbox", bare.Reason, StringComparison.Ordinal);
        Assert.Equal(Post.Html("<p>Hello</p>", Listed), bare.Bytes.ToArray());
    }

    [Theory]
    [InlineData("", "<p>Hello</p>")]
    [InlineData(Listed + "X-Track: both\n", "<p>Hello</p>")]
    [InlineData(Listed + "X-Track: opens\n", "<p>Hello</p>")]
    [InlineData(Listed, "<p>Hello <IMG alt=logo></p>")]
    [InlineData("List-Unsubscribe: <mailto:stop@h.example>\nList-Id: <news.h.example>\n", "<p>Hello</p>")]
    public void All_other_short_html_gets_its_pixel(string headers, string html)
    {
        var copy = Post.Send(Post.Html(html, headers));
        Assert.NotNull(copy.OpenUrl);
        Assert.Empty(copy.Warnings);
    }

    [Fact]
    public void What_counts_as_short_is_the_source_with_everything_put_in()
    {
        string Lines(int length) => string.Concat(Enumerable.Repeat(new string('x', 79) + "\n", length / 80)) + new string('x', length % 80);
        var pixel = Post.Send(Post.Html("<p>Hello</p>")).Bytes.Length - Post.Html("<p>Hello</p>").Length;
        // The mail's last line end counts too.
        var longest = 3200 - pixel - 2 - Lines(3200).Count(c => c == '\n');
        foreach (var (length, sees) in new[] { (longest - 2, false), (longest + 80, true) })
        {
            Assert.Equal(sees, Post.Send(Post.Html(Lines(length), Listed)).OpenUrl is not null);
        }
    }

    [Fact]
    public void A_mail_over_25_megabytes_is_passed_through()
    {
        var mail = Post.Html(string.Concat(Enumerable.Repeat("<p>x</p>\n", 3_000_000)));
        Assert.Equal("mail over 25 MB is passed through untouched", Post.Send(mail).Reason);
    }
}
