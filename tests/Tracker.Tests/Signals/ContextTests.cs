using Tracker.Domain.Signals;
using static Tracker.Tests.Signals.Make;

namespace Tracker.Tests.Signals;

public sealed class ContextTests
{
    const double Hours = 3600, Minutes = 60;
    const string Elsewhere = "198.51.100.9";

    static Verdict Last(params Hit[] hits) => Copy(hits).Finally()[^1].Verdict;

    [Fact]
    public void A_click_in_fresh_mail_is_held_for_seconds_and_then_a_persons()
    {
        var copy = Copy(Click(100));
        var held = copy.AtOnce();
        Assert.Equal((Verdict.Checking, (DateTimeOffset?)Sent.AddSeconds(105)), (held.Verdict, held.DueAt));
        Assert.Equal(Verdict.Checking, Judge.Review(copy, held.DueAt!.Value.AddMilliseconds(-1))[0].Verdict);
        var judged = Judge.Review(copy, held.DueAt.Value)[0];
        Assert.Equal((Verdict.Human, (DateTimeOffset?)null), (judged.Verdict, judged.DueAt));
        Assert.Equal(Sent.AddSeconds(110), (Copy(Click(100)) with { Honeypots = new HashSet<int> { 3 } }).AtOnce().DueAt);
    }

    [Fact]
    public void Nothing_is_held_hours_later_or_where_the_reader_was_seen()
    {
        Assert.Equal(Verdict.Human, Copy(Click(3 * Hours)).AtOnce().Verdict);
        Assert.Equal(Verdict.Human, Copy(Open(88, Outlook), Click(95, 0, Edge)).AtOnce().Verdict);
        Assert.Equal(Verdict.Checking, Copy(Open(88, Outlook), Click(95, 0, Edge, Elsewhere)).AtOnce().Verdict);
    }

    [Fact]
    public void The_same_facts_give_the_same_words_whatever_the_time()
    {
        var copy = Copy(Open(100, Outlook), Click(3 * Hours), Click((3 * Hours) + 60, 1));
        var (soon, late) = (Judge.Review(copy, copy.Hits[^1].At), Judge.Review(copy, copy.Hits[^1].At.AddDays(9)));
        Assert.All(soon.Zip(late), pair => Assert.True(pair.First.SaysTheSameAs(pair.Second)));
    }

    [Theory]
    [InlineData(3, Outlook, Verdict.Unknown)]
    [InlineData(9.9, Outlook, Verdict.Unknown)]
    [InlineData(55, Outlook, Verdict.Human)]
    [InlineData(59, Gmail, Verdict.Unknown)]
    [InlineData(61, Gmail, Verdict.Human)]
    [InlineData(200, Chrome, Verdict.Unknown)]
    [InlineData(400, Chrome, Verdict.Human)]
    public void How_soon_a_picture_can_be_a_readers(double seconds, string agent, Verdict expected) => Assert.Equal(expected, Last(Open(seconds, agent)));

    [Fact]
    public void A_browser_that_shows_the_picture_in_a_webmail_page_is_believed_sooner()
    {
        Assert.Equal(Verdict.Human, Last(Open(200, Chrome).With("sec-fetch-dest", "image")));
        Assert.Equal(Verdict.Human, Last(Open(200, Chrome).With("referer", "https://outlook.office.com/")));
    }

    [Fact]
    public void A_click_in_the_first_minute_needs_a_second_link_or_a_reader()
    {
        Assert.Equal(Verdict.Human, Last(Click(40)));
        Assert.Equal(Verdict.Unknown, (Copy(Click(40)) with { LinkCount = 1 }).Finally()[0].Verdict);
        Assert.Equal(Verdict.Human, (Copy(Open(30, Gmail), Click(40, from: Elsewhere)) with { LinkCount = 1 }).Finally()[1].Verdict);
        Assert.Equal(Verdict.Human, (Copy(Click(65)) with { LinkCount = 1 }).Finally()[0].Verdict);
    }

    [Fact]
    public void Without_a_time_of_sending_the_first_hit_opens_the_risky_window()
    {
        var copy = Copy(Click(3 * Hours)) with { SentAt = null };
        Assert.Equal(Verdict.Checking, copy.AtOnce().Verdict);
        Assert.Equal(Verdict.Human, copy.Finally()[0].Verdict);
        Assert.Equal(Verdict.Human, (Copy(Click(3 * Hours)) with { SentAt = null, FirstHitAt = Sent }).AtOnce().Verdict);
    }

    [Theory]
    [InlineData(34, Outlook, Verdict.Unknown)]
    [InlineData(36, Outlook, Verdict.Human)]
    [InlineData(84, Gmail, Verdict.Unknown)]
    [InlineData(86, Gmail, Verdict.Human)]
    public void Without_a_time_of_sending_a_copy_is_given_time_to_leave_after_its_making(double secondsAfterMaking, string agent, Verdict expected) =>
        Assert.Equal(expected, (Copy(Open(secondsAfterMaking, agent)) with { SentAt = null, MadeAt = Sent }).Finally()[0].Verdict);

    [Fact]
    public void A_time_of_sending_after_the_first_hit_is_as_good_as_none()
    {
        Assert.Equal(Verdict.Checking, (Copy(Click(3 * Hours)) with { SentAt = Sent.AddHours(4) }).AtOnce().Verdict);
        // But gateways scan while they take the mail: seconds before are still "too soon".
        Assert.Equal(Verdict.Unknown, (Copy(Open(0, Outlook)) with { SentAt = Sent.AddSeconds(8) }).AtOnce().Verdict);
    }

    [Fact]
    public void Published_scanners_are_machines_at_any_time()
    {
        Assert.Equal(Verdict.Machine, Last(Click(9 * Hours, network: Defender)));
        Assert.Equal(Verdict.Machine, Last(Open(9 * Hours, IPhone, network: Defender)));
        var google = new KnownNetwork("google-crawlers", NetworkCertainty.Certain, ClicksOnly: true);
        Assert.Equal(Verdict.Machine, Last(Click(9 * Hours, network: google)));
        Assert.Equal(Verdict.Human, Last(Open(9 * Hours, Gmail, network: google)));
    }

    [Fact]
    public void A_gateways_network_scans_at_first_and_isolates_people_later()
    {
        Assert.Equal(Verdict.Machine, Last(Click(9, network: Proofpoint)));
        Assert.Equal(Verdict.Unknown, Last(Click(15, network: Proofpoint)));
        Assert.Equal(Verdict.Unknown, Last(Click(20 * Minutes, network: Proofpoint)));
        Assert.Equal(Verdict.Machine, Last(Click(15, network: Proofpoint with { Name = "cisco" })));   // no isolation known there
        Assert.Equal(Verdict.Human, Last(Open(20 * Minutes, Outlook, Elsewhere), Click(21 * Minutes, network: Proofpoint)));
        Assert.Equal(Verdict.Human, Last(Click(2 * Hours, network: Proofpoint)));
    }

    [Fact]
    public void A_data_centre_carries_cloud_desktops_and_proxies_too()
    {
        Assert.Equal(Verdict.Machine, Last(Click(9, network: Azure)));
        Assert.Equal(Verdict.Unknown, Last(Click(26, network: Azure)));
        Assert.Equal(Verdict.Machine, Last(Click(26, 0, Chrome.Replace("141", "97", StringComparison.Ordinal), network: Azure)));
        Assert.Equal(Verdict.Unknown, Last(Click(3 * Hours, network: Azure)));
        Assert.Equal(Verdict.Unknown, Last(Open(3 * Hours, Chrome, network: Azure)));
        Assert.Equal(Verdict.Human, Last(Open(3 * Hours, Outlook, network: Azure)));
        Assert.Equal(Verdict.Human, Last(Open(3 * Hours, Outlook, network: Azure), Click((3 * Hours) + 62, 0, Edge, network: Azure)));
        Assert.Equal(Verdict.Human, Last(Open(3 * Hours, "hey.com/imageproxy Mozilla/5.0 (X11; Linux x86_64) Chrome/134.0.0.0", network: Azure)));
    }

    [Fact]
    public void A_browser_years_old_is_undecidable() =>
        Assert.Equal(Verdict.Unknown, Last(Click(20 * Minutes, 0, "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/57.0.2987.133 Safari/537.36")));

    [Fact]
    public void A_company_that_always_scans_ten_minutes_after_delivery_is_remembered()
    {
        var habit = ScanHabit.Of([TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11)], copies: 4);
        Assert.Equal(new ScanHabit(TimeSpan.FromMinutes(10), 0.75, 4), habit);
        Assert.Equal(Verdict.Unknown, (Copy(Click(11 * Minutes)) with { CompanyHabit = habit }).Finally()[0].Verdict);
        Assert.Equal(Verdict.Human, Copy(Click(11 * Minutes)).Finally()[0].Verdict);
        Assert.Equal(Verdict.Human, (Copy(Open(10 * Minutes, Gmail, Elsewhere), Click(11 * Minutes)) with { CompanyHabit = habit }).Finally()[1].Verdict);
        Assert.Equal(Verdict.Checking, (Copy(Click(6 * Minutes)) with { CompanyHabit = habit }).AtOnce().Verdict);
        Assert.Equal(Verdict.Human, (Copy(Click(20 * Minutes)) with { CompanyHabit = habit }).AtOnce().Verdict);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 7)]
    public void A_few_scans_are_no_habit(int scans, int copies) => Assert.Null(ScanHabit.Of([.. Enumerable.Repeat(TimeSpan.FromSeconds(40), scans)], copies));

    [Fact]
    public void A_program_nobody_knows_is_undecidable() => Assert.Equal(Verdict.Unknown, Last(Open(3 * Hours, "AcmeReader/3.1")));

    [Fact]
    public void Every_judgement_has_a_reason_and_the_headers_it_reads_are_listed()
    {
        foreach (var trace in Trace.Read("dev.jsonl"))
        {
            var copy = new CopyTraffic { SentAt = Sent, LinkCount = trace.Links, Hits = trace.Hits(Sent) };
            Assert.All(copy.Finally(), j => Assert.True(j.Reasons.Count > 0 && j.Reasons.All(r => r.Length > 0) && j.Confidence is > 0 and <= 1 && j.Verdict != Verdict.Checking));
        }
        Assert.All(SignalHeaders.All, name => Assert.Equal(name.ToLowerInvariant(), name));
    }
}
