using Tracker.Domain.Tokens;
using Tracker.Switches;

namespace Tracker.Tests.Switches;

/// <summary>Which decision holds, and that a stopped host cannot be reached by spelling it otherwise.</summary>
public sealed class SwitchTableTests
{
    static readonly CopyId One = new(1), Two = new(2);
    static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    const string Author = "https://example.com/pricing", Right = "https://example.com/new";

    static SwitchRule Rule(string name, int? link = null, string? replacement = null, string? host = null, int minutes = 0, params CopyId[] copies) =>
        new() { Name = name, At = Now.AddMinutes(minutes), Link = link, Replacement = replacement, Host = host, Copies = [.. copies.Select(c => c.ToString())] };

    static string? Lead(CopyId copy, int link, params SwitchRule[] rules) => new SwitchTable(rules).Lead(copy, link, Author);

    [Fact]
    public void Without_rules_a_link_leads_where_its_author_said() => Assert.Equal(Author, SwitchTable.Empty.Lead(One, 0, Author));

    [Fact]
    public void A_stopped_copy_stops_all_its_links_and_no_others()
    {
        var stop = Rule("message 1", copies: One);
        Assert.Null(Lead(One, 0, stop));
        Assert.Null(Lead(One, 7, stop));
        Assert.Equal(Author, Lead(Two, 0, stop));
        Assert.Equal(Author, Lead(One, 0, stop with { Resumed = true }));
    }

    [Fact]
    public void One_link_is_stopped_or_replaced_alone()
    {
        Assert.Null(Lead(One, 2, Rule("link", 2, copies: One)));
        Assert.Equal(Right, Lead(One, 2, Rule("link", 2, Right, copies: One)));
        Assert.Equal(Author, Lead(One, 1, Rule("link", 2, Right, copies: One)));
    }

    [Fact]
    public void A_stop_is_stronger_than_a_replacement_and_of_two_about_one_link_the_later_holds()
    {
        Assert.Null(Lead(One, 2, Rule("link", 2, Right, minutes: 5, copies: One), Rule("message", copies: One)));
        Assert.Null(Lead(One, 2, Rule("link", 2, "https://evil.example/", minutes: 5, copies: One), Rule("host evil.example", host: "evil.example")));
        Assert.Equal(Right, Lead(One, 2, Rule("link 2 of message 1", 2, Right, minutes: 1, copies: [One, Two]), Rule("link 2 of copy x", 2, copies: One)));
        Assert.Null(Lead(One, 2, Rule("link 2 of message 1", 2, Right, copies: [One, Two]), Rule("link 2 of copy x", 2, minutes: 1, copies: One)));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("https://EVIL.Example")]
    [InlineData("https://evil.example:8443/x?y")]
    [InlineData("https://user:pass@evil.example/")]
    [InlineData("https://good.example@evil.example/")]
    [InlineData("https://a.b.evil.example/")]
    [InlineData("https://evil.example./")]
    [InlineData("https://%65vil.example/")]
    [InlineData("https://ｅｖｉｌ.example/")]
    [InlineData("https://evil。example/")]
    [InlineData("https://\U0001d41eⓥil.example/")]
    [InlineData("https://ev\u00adil.example/")]
    [InlineData("https://evil.example?x=https://good.example/")]
    [InlineData("https://evil.example#good.example")]
    public void A_stopped_host_is_stopped_however_it_is_spelled(string url) =>
        Assert.Null(new SwitchTable([Rule("h", host: "evil.example")]).Lead(One, 0, url));

    [Theory]
    [InlineData("https://notevil.example/")]
    [InlineData("https://evil.example.good.example/")]
    [InlineData("https://good.example/evil.example")]
    [InlineData("https://evil.example@good.example/")]
    [InlineData("https://good.example/?u=https://evil.example/")]
    [InlineData("https://[2001:db8::1]:81/")]
    public void Other_hosts_are_not(string url) => Assert.Equal(url, new SwitchTable([Rule("h", host: "evil.example")]).Lead(One, 0, url));

    [Fact]
    public void An_international_host_is_one_host_in_both_spellings()
    {
        Assert.Equal("xn--mller-kva.example", Hosts.Of("https://Müller.example/"));
        Assert.Null(new SwitchTable([Rule("h", host: Hosts.Of("https://müller.example/"))]).Lead(One, 0, "https://xn--mller-kva.example/x"));
    }
}
