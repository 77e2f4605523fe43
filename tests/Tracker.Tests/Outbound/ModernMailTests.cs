using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

/// <summary>What is tracked, link by link, in mail of today's programs.</summary>
public sealed class ModernMailTests
{
    const string Quoted = "links inside quoted earlier mail are left alone";
    const string Phishing = "its visible text names a host, and a link that leads elsewhere looks like phishing";

    public static TheoryData<string, string[]> Expected => new()
    {
        { "outlook-reply", ["https://rep.example/angebot?id=1&v=2", "mailto:rita@rep.example: mailto: links are left alone", $"http://www.rep.example/: {Phishing}", $"https://prospect.example/anfrage: {Quoted}"] },
        { "gmail-reply", ["https://rep.example/proposal?utm_source=mail&utm_campaign=q4", "https://rep.example", $"mailto:anna@prospect.example: {Quoted}", $"https://prospect.example/rfp: {Quoted}"] },
        { "apple-mail", ["https://rep.example/offer", "https://rep.example/rita"] },
        { "amp-newsletter", ["https://rep.example/spring?a=1&b=2", "https://rep.example/map", "https://rep.example/plain: the author asks not to track this link", "https://rep.example/leave/7: unsubscribe links are left alone"] },
        { "thunderbird-forward", [$"https://rep.example/neu: {Phishing}", "https://rep.example/preise", $"https://news.example/1: {Quoted}"] },
        { "gb2312", ["https://rep.example/报价", "https://rep.example/cn"] },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void Tracks_what_it_should(string name, string[] links)
    {
        var copy = Post.Send(Mail(name));
        Assert.True(copy.Instrumented && copy.OpenUrl is not null, copy.Reason);
        Assert.Equal(links, copy.Links.Select(l => l.Tracked ? l.Url : $"{l.Url}: {l.Reason}"));
        Assert.All(copy.Links.Where(l => l.Tracked), l => Assert.Equal(l.Url, Post.Destination(l.TrackedUrl)));
        Assert.Empty(copy.Warnings);
    }

    [Fact]
    public void An_invitation_goes_out_as_it_came() => Assert.Equal(Mail("invitation"), Post.Send(Mail("invitation")).Bytes.ToArray());

    [Fact]
    public void The_bcc_of_a_forwarded_mail_is_a_recipient_and_gone_from_the_copy()
    {
        Assert.Contains(new("boss@rep.example", "Boss", RecipientField.Bcc), Post.Read(Mail("thunderbird-forward")).Recipients);
        Assert.DoesNotContain("boss@rep.example", Post.Send(Mail("thunderbird-forward")).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Outlooks_button_leads_where_its_link_leads()
    {
        var copy = Post.Send(Mail("outlook-reply"));
        var text = MimeKit.MimeMessage.Load(new MemoryStream(copy.Bytes.ToArray()), TestContext.Current.CancellationToken).HtmlBody;
        Assert.Contains($"<v:roundrect href=\"{copy.Links[0].TrackedUrl}\"", text, StringComparison.Ordinal);
    }

    static byte[] Mail(string name) => File.ReadAllBytes(Path.Combine(Post.MailsFolder, "made", name + ".eml"));
}
