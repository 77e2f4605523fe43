using System.Text;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

public sealed class OutboundMailTests
{
    [Theory]
    [InlineData("", MailRefusal.Empty)]
    [InlineData("just some words", MailRefusal.NoHeaderSection)]
    [InlineData("\nTo: a@example.com\n\nbody", MailRefusal.NoHeaderSection)]
    [InlineData("From: a@example.com\nSubject: x\n\nbody", MailRefusal.NoRecipient)]
    [InlineData("From: a@example.com\nTo: undisclosed-recipients:;\n\nbody", MailRefusal.NoRecipient)]
    public void Refuses_only_what_is_no_mail_to_anyone(string mail, MailRefusal expected)
    {
        Assert.Null(OutboundMail.Read(Post.Mail(mail), out var refusal));
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void Reads_who_and_what()
    {
        var mail = Post.Read(Post.Mail("""
            From: =?utf-8?q?J=C3=B6rg_Rep?= <Joerg@Example.ORG>
            To: "Schmidt, Anna" <Anna.Schmidt@EXAMPLE.com>,
              bob@example.com
            Cc: Team: carol@example.com, Bob <BOB@example.com>;
            Bcc: dave@example.com
            Subject: =?utf-8?b?QW5nZWJvdA==?= for
             you
            Message-ID: <1@example.org>

            Hello
            """));
        Assert.Equal(("Joerg@example.org", "Jörg Rep", "Angebot for you", "<1@example.org>"), (mail.From, mail.FromName, mail.Subject, mail.MessageId));
        Assert.Equal(
            [
                new("Anna.Schmidt@example.com", "Schmidt, Anna", RecipientField.To), new("bob@example.com", null, RecipientField.To),
                new("carol@example.com", null, RecipientField.Cc), new("dave@example.com", null, RecipientField.Bcc),
            ],
            mail.Recipients);
    }

    [Fact]
    public void One_unreadable_addressee_does_not_cost_the_others()
    {
        var mail = Post.Read(Post.Mail("To: anna@example.com, <<broken, bob@example.com\n\nHello"));
        Assert.Contains(mail.Recipients, r => r.Address == "anna@example.com");
        Assert.Contains(mail.Recipients, r => r.Address == "bob@example.com");
    }

    [Theory]
    [InlineData("Bcc: secret@example.com\n")]
    [InlineData("BCC :\n secret@example.com,\n\tother@example.com\n")]
    [InlineData("not a header line\nBcc: secret@example.com\nBcc: other@example.com\n")]
    [InlineData("Resent-Bcc: secret@example.com\n")]
    public void Bcc_is_the_only_header_that_goes_and_it_goes_from_every_copy(string bcc)
    {
        const string Before = "X-Odd:   spaces  \nTo: anna@example.com\n";
        const string After = "Content-Type: text/html\n\n<p>Hello</p></body>\n";
        var mail = Post.Read(Post.Mail(Before + bcc + After));
        var junk = bcc.StartsWith("not", StringComparison.Ordinal) ? "not a header line\n" : "";
        Assert.Equal(Post.Mail(Before + junk + After), mail.Untracked("opted out").Bytes.ToArray());
        var tracked = mail.CopyFor(Post.Copy, Post.Ring, Post.Options);
        Assert.StartsWith((Before + junk + "Content-Type: text/html\n\n<p>Hello</p>").ReplaceLineEndings("\r\n"), tracked.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bcc_in_the_body_or_in_an_attached_mail_stays()
    {
        var bytes = Post.Mail("To: anna@example.com\nContent-Type: message/rfc822\n\nBcc: old@example.com\nTo: x@example.com\n\nBcc: text\n");
        Assert.Equal(bytes, Post.Read(bytes).Untracked("x").Bytes.ToArray());
    }

    [Fact]
    public void One_text_to_many_has_one_fingerprint()
    {
        static string Of(string to, string text) => Post.Read(Post.Mail($"To: {to}\nContent-Type: text/html\n\n<p>{text}</p>")).TextFingerprint;
        var anna = Of("Anna Schmidt <anna@example.com>", "Hi Anna,<br>our   offer for anna@example.com will expire.");
        Assert.Equal(32, anna.Length);
        Assert.Equal(anna, Of("bob@example.com", "Hi Bob, our offer for bob@example.com\nwill expire."));
        Assert.Equal(anna, Of("Will Iam <w@example.com>", "Hi Will, our offer for w@example.com will expire."));
        Assert.NotEqual(anna, Of("bob@example.com", "Hi Bob, another offer for bob@example.com will expire."));
    }

    [Fact]
    public void The_options_must_name_an_address_that_can_stand_in_a_mail()
    {
        var mail = Post.Read(Post.Html("<p>x</p>"));
        foreach (var url in new[] { "https://t.example.net/", "ftp://t", "t.example.net", "https://t/?x=\"", "https://tést" })
        {
            Assert.Throws<ArgumentException>(() => mail.CopyFor(Post.Copy, Post.Ring, new InstrumentOptions { PublicUrl = url }));
        }
    }

    [Fact]
    public void A_plain_html_mail_gets_a_link_and_a_pixel_and_nothing_else()
    {
        const string Html = "<html><body><p>See <a href=\"https://example.org/a?b=1&amp;c=2\">our offer</a></p>\n</body></html>";
        var copy = Post.Send(Post.Html(Html));
        Assert.True(copy.Instrumented, copy.Reason);
        var link = Assert.Single(copy.Links);
        Assert.Equal((0, "https://example.org/a?b=1&c=2", true, null, "our offer"), (link.Index, link.Url, link.Tracked, link.Reason, link.Label));
        Assert.Equal(link.Url, Post.Destination(link.TrackedUrl));
        Assert.True(TokenCodec.TryVerify(Post.Ring, TokenPurpose.Open, copy.OpenUrl!.AsSpan((Post.PublicUrl + "/o/").Length)[..^4], out var open));
        Assert.Equal(Post.Copy, open.Copy);
        var expected = Html.Replace("https://example.org/a?b=1&amp;c=2", link.TrackedUrl, StringComparison.Ordinal)
            .Replace("</body>", $"<img src=\"{copy.OpenUrl}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0;position:absolute;margin:-1px 0 0\"></body>", StringComparison.Ordinal);
        Assert.Equal(Encoding.Latin1.GetString(Post.Html(expected)), copy.Text());
    }
}
