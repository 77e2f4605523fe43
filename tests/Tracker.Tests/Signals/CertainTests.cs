using Tracker.Domain.Signals;
using static Tracker.Tests.Signals.Make;

namespace Tracker.Tests.Signals;

public sealed class CertainTests
{
    const double Hours = 3600;

    static Judgement Alone(Hit hit) => Copy(hit).AtOnce();

    [Fact]
    public void A_head_request_is_a_checkers() =>
        Assert.Equal((Verdict.Machine, true), (Alone(Click(3 * Hours, method: "HEAD")).Verdict, Alone(Click(3 * Hours, method: "HEAD")).Reasons[0].StartsWith("HEAD request", StringComparison.Ordinal)));

    [Theory]
    [InlineData("sec-purpose", "prefetch")]
    [InlineData("sec-purpose", "prefetch;anonymous-client-ip")]
    [InlineData("purpose", "prefetch")]
    [InlineData("x-moz", "prefetch")]
    [InlineData("x-purpose", "preview")]
    public void A_prefetch_is_nobodys_visit(string header, string value) =>
        Assert.Equal(Verdict.Machine, Alone(Click(3 * Hours).With(header, value)).Verdict);

    [Fact]
    public void A_prerendered_page_may_have_been_shown() =>
        Assert.Equal(Verdict.Unknown, Alone(Click(3 * Hours).With("sec-purpose", "prefetch;prerender")).Verdict);

    [Theory]
    [InlineData("")]
    [InlineData(GmailPrefetch)]
    [InlineData("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")]
    [InlineData("WhatsApp/2.23.20.0 A")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0")]
    [InlineData("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com")]
    [InlineData("Barracuda Sentinel (EE)")]
    [InlineData("python-requests/2.32.3")]
    [InlineData("Mozilla/5.0 (compatible; SomethingNew/1.0; +https://example.com/about)")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36")]
    [InlineData("Mozilla/5.0 (Apple Mac OS X v10.9.3; Trident/7.0; rv:11.0) like Gecko")]
    [InlineData("Mozilla/5.0 (Windows; U; Windows NT 5.1; en-US; rv:1.8.1.16) Gecko/20080702 Firefox/2.0.0.16")]
    public void Programs_that_give_themselves_away_are_machines(string agent)
    {
        Assert.Equal(Verdict.Machine, Alone(Open(3 * Hours, agent)).Verdict);
        Assert.Equal(Verdict.Machine, Alone(Click(3 * Hours, agent: agent)).Verdict);
    }

    [Theory]
    [InlineData(Gmail)]
    [InlineData("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html")]
    [InlineData("hey.com/imageproxy Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36")]
    [InlineData("FastmailUA/1.0")]
    [InlineData("Shortwave Image Fetcher")]
    [InlineData("Mozilla/5.0 SeznamEmailProxy/2.0.174")]
    [InlineData("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.9126; ms-office; MSOffice 16)")]
    [InlineData("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.16327; Pro)")]
    [InlineData("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8)")]
    [InlineData("Yahoo%20Mail/49268 CFNetwork/1121.2.2 Darwin/19.3.0")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) eM Client/9.2")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)")]
    public void Readers_whom_bot_lists_call_bots_are_people(string agent) => Assert.Equal(Verdict.Human, Alone(Open(3 * Hours, agent)).Verdict);

    [Fact]
    public void Apple_fetches_in_private_and_people_click_from_its_relay()
    {
        var prefetch = Alone(Open(180, "Mozilla/5.0", network: Apple));
        Assert.Equal((Verdict.Machine, "Apple Mail privacy prefetch: fetched by Apple, not by the recipient"), (prefetch.Verdict, prefetch.Reasons[0]));
        Assert.Equal(Verdict.Unknown, Alone(Open(7 * Hours, "Mozilla/5.0", network: Apple)).Verdict);
        Assert.Equal(Verdict.Unknown, Alone(Open(180, "Mozilla/5.0")).Verdict);
        Assert.Equal(Verdict.Human, Alone(Click(3 * Hours, agent: IPhone, network: Apple)).Verdict);
    }

    [Theory]
    [InlineData(OwnVisit.Network, Verdict.Machine)]
    [InlineData(OwnVisit.Browser, Verdict.Machine)]
    [InlineData(OwnVisit.Thread, Verdict.Human)]
    public void The_reps_own_visits_do_not_count(OwnVisit own, Verdict expected) => Assert.Equal(expected, Alone(Open(3 * Hours, Outlook) with { OwnVisit = own }).Verdict);

    [Fact]
    public void A_proxied_picture_while_the_rep_has_the_thread_open_is_undecidable() =>
        Assert.Equal(Verdict.Unknown, Alone(Open(3 * Hours, Gmail) with { OwnVisit = OwnVisit.Thread }).Verdict);

    [Fact]
    public void Every_rule_is_explained_in_order()
    {
        var hit = Click(3 * Hours, method: "HEAD");
        var opinions = Judge.Explain(Copy(hit), hit.Id, hit.At);
        Assert.Equal(["own-visit", "method"], opinions.Take(2).Select(o => o.Rule));
        Assert.Equal((null, 0d, ""), (opinions[0].Verdict, opinions[0].Confidence, opinions[0].Reason));
        Assert.Equal(Verdict.Machine, opinions[1].Verdict);
        Assert.Equal(opinions.Count, opinions.Select(o => o.Rule).Distinct().Count());
    }
}
