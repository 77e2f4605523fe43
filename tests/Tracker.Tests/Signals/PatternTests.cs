using Tracker.Domain.Signals;
using static Tracker.Tests.Signals.Make;

namespace Tracker.Tests.Signals;

public sealed class PatternTests
{
    const double Hours = 3600, Minutes = 60;
    const string Elsewhere = "198.51.100.9";

    static Verdict[] Verdicts(params Hit[] hits) => [.. Copy(hits).Finally().Select(j => j.Verdict)];

    static readonly Verdict[] TwoMachines = [Verdict.Machine, Verdict.Machine], TwoPeople = [Verdict.Human, Verdict.Human];

    [Fact]
    public void A_burst_says_how_many_links_in_what_time()
    {
        var judgements = Copy([.. Enumerable.Range(0, 9).Select(i => Click(43 + (i * 0.1), i))]).Finally();
        Assert.All(judgements, j => Assert.Equal((Verdict.Machine, "part of a burst: 9 links within 1 s"), (j.Verdict, j.Reasons[0])));
    }

    [Fact]
    public void In_fresh_mail_two_links_within_five_seconds_are_a_burst()
    {
        Assert.Equal(TwoMachines, Verdicts(Click(200, 0), Click(204.9, 1)));
        Assert.Equal(TwoPeople, Verdicts(Click(200, 0), Click(206, 1)));
    }

    [Fact]
    public void Where_the_mail_is_being_read_two_quick_clicks_are_its_readers()
    {
        Assert.Equal([Verdict.Human, .. TwoPeople], Verdicts(Open(190, Outlook), Click(200, 0), Click(203, 1)));
        Assert.Equal([Verdict.Human, .. TwoMachines], Verdicts(Open(190, Outlook), Click(200, 0), Click(200.5, 1)));
        Assert.Equal([Verdict.Human, .. TwoMachines], Verdicts(Open(190, Outlook, Elsewhere), Click(200, 0), Click(203, 1)));
    }

    [Fact]
    public void Hours_later_a_person_may_open_two_tabs_but_not_within_a_second()
    {
        Assert.Equal(TwoPeople, Verdicts(Click(3 * Hours, 0), Click((3 * Hours) + 2, 1)));
        Assert.Equal(TwoMachines, Verdicts(Click(3 * Hours, 0), Click((3 * Hours) + 0.4, 1)));
        Assert.Equal(TwoMachines, Verdicts(Click(3 * Hours, 0, network: Azure), Click((3 * Hours) + 4, 1, network: Azure)));
    }

    [Fact]
    public void A_double_click_is_a_persons_and_four_requests_at_once_are_not()
    {
        Assert.Equal(TwoPeople, Verdicts(Click(3 * Hours), Click((3 * Hours) + 0.4)));
        Assert.All(Verdicts([.. Enumerable.Range(0, 4).Select(i => Click((3 * Hours) + (i * 0.3)))]), v => Assert.Equal(Verdict.Machine, v));
    }

    [Fact]
    public void A_burst_may_come_from_several_networks_and_spares_the_person_who_clicks_meanwhile()
    {
        var judgements = Copy(Click(40, 0, from: "192.1.1.1"), Click(40.5, 1, from: "192.2.2.2"), Click(41, 2, from: "192.3.3.3"), Click(44, 1, from: Elsewhere)).Finally();
        Assert.Equal([Verdict.Machine, Verdict.Machine, Verdict.Machine, Verdict.Human], judgements.Select(j => j.Verdict));
        Assert.Contains("from 3 networks", judgements[0].Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void One_link_from_three_networks_within_seconds_is_a_burst_in_fresh_mail()
    {
        var fresh = Copy(Click(181, from: "192.1.1.1"), Click(181.3, from: "192.2.2.2"), Click(181.6, from: "192.3.3.3")).Finally();
        Assert.All(fresh, j => Assert.Equal((Verdict.Machine, "part of a burst: 3 requests for one link within 1 s from 3 networks"), (j.Verdict, j.Reasons[0])));
        Assert.All(Verdicts(Click(181, from: "192.1.1.1"), Click(181.3, from: "192.2.2.2")), v => Assert.Equal(Verdict.Human, v));   // a retry over another line
    }

    [Fact]
    public void A_sandbox_spreads_its_fetches_over_its_operators_addresses()
    {
        Assert.Equal(TwoMachines, Verdicts(Click(50, 0, from: "20.72.1.1", network: Azure), Click(52.3, 1, from: "20.84.7.7", network: Azure)));
        Assert.Equal(TwoPeople, Verdicts(Click(50, 0), Click(52.3, 1, from: Elsewhere)));
    }

    [Fact]
    public void A_slow_walk_in_the_order_of_the_mail_at_an_even_pace_is_a_scan()
    {
        Assert.All(Verdicts([.. Enumerable.Range(0, 4).Select(i => Click(100 + (i * 20), i))]), v => Assert.Equal(Verdict.Machine, v));
        // Uneven, or back and forth: a person.
        Assert.All(Verdicts(Click(100, 0), Click(108, 1), Click(150, 2), Click(163, 3)), v => Assert.Equal(Verdict.Human, v));
        Assert.All(Verdicts(Click(100, 0), Click(125, 3), Click(159, 4)), v => Assert.Equal(Verdict.Human, v));   // passes links over
        Assert.All(Verdicts(Click(100, 0), Click(125, 1), Click(150, 2)), v => Assert.Equal(Verdict.Machine, v));
        Assert.All(Verdicts(Click(100, 2), Click(120, 0), Click(140, 3), Click(160, 1)), v => Assert.Equal(Verdict.Human, v));
    }

    [Fact]
    public void A_hidden_link_condemns_the_clicks_around_it()
    {
        var copy = Copy(Click(61, 0), Click(69, 2), Click(95, 1, from: Elsewhere)) with { Honeypots = new HashSet<int> { 2 } };
        Assert.Equal([Verdict.Machine, Verdict.Machine, Verdict.Human], copy.Finally().Select(j => j.Verdict));
        Assert.Equal("followed a link that people cannot see", copy.Finally()[1].Reasons[0]);
    }

    [Fact]
    public void The_rest_of_a_scan_is_told_by_its_program_and_network()
    {
        // The pixel before the burst; the GET after the HEAD.
        Assert.Equal(Verdict.Machine, Verdicts(Open(90, Chrome).With("sec-fetch-dest", "image"), Click(123, 0), Click(123.2, 1))[0]);
        Assert.Equal(TwoMachines, Verdicts(Click(3 * Hours, method: "HEAD"), Click((3 * Hours) + 0.9)));
        // The people behind the same address use other programs.
        Assert.Equal(Verdict.Human, Verdicts(Click(100, 0), Click(100.2, 1), Open(130, Outlook))[2]);
        Assert.Equal(Verdict.Human, Verdicts(Click(100, 0), Click(100.2, 1), Open(130, Outlook), Click(140, 1))[3]);
        Assert.Equal(Verdict.Human, Verdicts(Click(100, 0), Click(100.2, 1), Click(150, 1, IPhone))[2]);
        Assert.Equal(Verdict.Unknown, Verdicts(Click(100, 0), Click(100.2, 1), Click(2 * Hours, 1))[2]);
    }

    [Theory]
    [InlineData(Outlook, Verdict.Machine)]
    [InlineData(OneOutlook, Verdict.Machine)]
    public void A_mail_program_checks_the_link_before_the_reader_gets_it(string program, Verdict check)
    {
        Assert.Equal([check, Verdict.Human], Verdicts(Click(2600, 0, program), Click(2600.4, 0, Edge)));
        Assert.Equal([Verdict.Unknown], Verdicts(Click(2600, 0, program)));
        Assert.Equal([Verdict.Unknown], Verdicts(Click(2600, 0, program, network: Defender)));
        Assert.Equal([Verdict.Unknown, Verdict.Human], Verdicts(Click(2600, 0, program), Click(2640, 0, Edge, Elsewhere)));
    }

    [Fact]
    public void A_scanner_that_follows_a_person_is_told_from_one()
    {
        Assert.Equal([Verdict.Human, Verdict.Machine], Verdicts(Click(3 * Hours, 0, IPhone), Click((3 * Hours) + 12, 0, Chrome, Elsewhere)));
        // Another link, or minutes later, may well be a second reader.
        Assert.Equal(TwoPeople, Verdicts(Click(3 * Hours, 0, IPhone), Click((3 * Hours) + 12, 1, Chrome, Elsewhere)));
        Assert.Equal(TwoPeople, Verdicts(Click(3 * Hours, 0, IPhone), Click((3 * Hours) + (2 * Minutes), 0, Chrome, Elsewhere)));
    }

    [Fact]
    public void One_source_at_many_copies_at_once_is_no_person()
    {
        Assert.Equal(Verdict.Machine, Copy(Click(3 * Hours) with { OtherCopies = 2 }).AtOnce().Verdict);
        Assert.Equal(Verdict.Human, Copy(Click(3 * Hours) with { OtherCopies = 1 }).AtOnce().Verdict);
        Assert.Equal(Verdict.Human, Copy(Open(3 * Hours, Gmail) with { OtherCopies = 9 }).AtOnce().Verdict);   // one proxy serves all readers
    }

    [Fact]
    public void An_unknown_hit_is_explained_by_a_later_person_at_the_same_address()
    {
        var copy = Copy(Open(3, Outlook), Click(20 * Minutes, 1, Edge));
        Assert.Equal(Verdict.Unknown, Judge.Review(copy with { Hits = [copy.Hits[0]] }, Sent.AddMinutes(1))[0].Verdict);
        Assert.Equal((Verdict.Human, "explained by a later visit of the same person: it came from the same address"), (copy.Finally()[0].Verdict, copy.Finally()[0].Reasons[0]));
        Assert.Equal("same-person", Judge.Explain(copy, copy.Hits[0].Id, Sent.AddHours(1))[^1].Rule);
        Assert.Equal(Verdict.Human, Judge.Explain(copy, copy.Hits[0].Id, Sent.AddHours(1))[^1].Verdict);
        Assert.Equal(Verdict.Unknown, Verdicts(Open(3, Outlook), Click(20 * Minutes, 1, Edge, Elsewhere))[0]);
        Assert.Equal(Verdict.Unknown, Verdicts(Open(30, Gmail), Open(20 * Minutes, Gmail))[0]);   // the proxy's address is everybody's
        Assert.Equal([Verdict.Unknown, Verdict.Human], Verdicts(Click(40, network: Proofpoint), Click(2 * Hours, network: Proofpoint)));   // first the scan, then the isolated person
    }

    [Theory]
    [InlineData("Mozilla/5.0")]
    [InlineData("Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/57.0.2987.133 Safari/537.36")]
    public void A_later_person_at_the_same_address_does_not_explain_a_program_that_speaks_against_one(string agent) =>
        Assert.Equal(Verdict.Unknown, Verdicts(Open(20 * Minutes, agent), Click(30 * Minutes, 1, Edge))[0]);

    [Fact]
    public void A_lone_link_check_stays_one() => Assert.Equal([Verdict.Unknown, Verdict.Human], Verdicts(Click(2600, 0, Outlook), Click(2640, 0, Edge)));

    [Fact]
    public void A_readers_own_browser_and_mail_program_do_not_make_the_reader_a_scanner()
    {
        Assert.Equal([Verdict.Machine, Verdict.Human], Verdicts(Click(3 * Hours).With("sec-purpose", "prefetch"), Click((3 * Hours) + 20)));
        Assert.Equal([Verdict.Machine, Verdict.Human], Verdicts(Click(3 * Hours) with { OwnVisit = OwnVisit.Browser }, Click((3 * Hours) + 60)));
        Assert.Equal(Verdict.Human, Verdicts(Click(200, 0, OneOutlook), Click(200.3, 1, OneOutlook), Click(202, 1, Edge))[2]);
        Assert.Equal(Verdict.Human, Verdicts(Click(200, 0).With("purpose", "prefetch"), Click(200.2, 1).With("purpose", "prefetch"), Click(203, 1))[2]);
    }

    [Theory]
    [InlineData("sec-ch-ua", "\"HeadlessChrome\";v=\"141\"", Chrome)]
    [InlineData("sec-ch-ua-platform", "\"Linux\"", Chrome)]
    [InlineData("sec-ch-ua", "\"Chromium\";v=\"141\"", IPhone)]
    [InlineData("accept", "*/*", Chrome)]
    public void A_browser_that_does_not_behave_like_itself_is_none(string header, string value, string agent) =>
        Assert.Equal(Verdict.Machine, Copy(Click(3 * Hours, agent: agent).With(header, value)).AtOnce().Verdict);

    [Fact]
    public void A_picture_fetched_as_a_page_is_a_scanners() =>
        Assert.Equal([Verdict.Machine, Verdict.Human], Verdicts(Open(2 * Hours, Chrome).With("accept", "text/html,*/*"), Open(3 * Hours, Chrome, Elsewhere).With("accept", "image/*")));
}
