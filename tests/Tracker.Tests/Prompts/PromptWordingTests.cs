using Tracker.Domain.Prompts;

namespace Tracker.Tests.Prompts;

public sealed class PromptWordingTests
{
    static readonly DateTimeOffset Nine = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    static string First(int looks, double minutes, string? link = null) => PromptWording.Reasons(new(Nine, Nine.AddMinutes(minutes), looks, 0, 1), new("Offer", link))[0];

    [Theory]
    [InlineData(1, 0, "first look")]
    [InlineData(1, 0.1, "first look")]
    [InlineData(2, 0.5, "second look in a minute")]
    [InlineData(2, 1, "second look in 1 minute")]
    [InlineData(3, 9.1, "third look in 10 minutes")]
    [InlineData(3, 10, "third look in 10 minutes")]
    [InlineData(10, 30, "tenth look in 30 minutes")]
    [InlineData(11, 45, "11th look in 45 minutes")]
    [InlineData(12, 45, "12th look in 45 minutes")]
    [InlineData(13, 45, "13th look in 45 minutes")]
    [InlineData(21, 60, "21st look in 60 minutes")]
    [InlineData(22, 119, "22nd look in 119 minutes")]
    [InlineData(23, 120, "23rd look in 2 hours")]
    [InlineData(24, 121, "24th look in 3 hours")]
    [InlineData(101, 600, "101st look in 10 hours")]
    [InlineData(111, 600, "111th look in 10 hours")]
    [InlineData(112, 600, "112th look in 10 hours")]
    public void The_looks_are_counted_as_people_say_it(int looks, double minutes, string text) => Assert.Equal(text, First(looks, minutes));

    [Fact]
    public void The_link_and_the_mail_are_named() => Assert.Equal(
        ["third look in 10 minutes, now on the “Pricing” link", "reading “Our proposal”", "came back: second time they sit down with our mail"],
        PromptWording.Reasons(new(Nine, Nine.AddMinutes(10), 3, 1, 2), new("Our proposal", "Pricing")));

    [Fact]
    public void A_first_sitting_says_nothing_of_coming_back() => Assert.Equal(2, PromptWording.Reasons(new(Nine, Nine, 1, 0, 1), new("Offer", null)).Count);

    [Fact]
    public void A_long_label_is_cut_and_never_through_a_character()
    {
        Assert.Equal($"first look, now on the “{new string('a', 60)}” link", First(1, 0, new('a', 60)));
        Assert.Equal($"first look, now on the “{new string('a', 59)}…” link", First(1, 0, new('a', 61)));
        for (var before = 55; before < 62; before++)
        {
            var text = First(1, 0, new string('a', before) + "🙂🙂🙂🙂");
            Assert.Equal(text, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)));
        }
    }

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(59, "just now")]
    [InlineData(60, "1 minute ago")]
    [InlineData(119 * 60, "119 minutes ago")]
    [InlineData(2 * 3600, "2 hours ago")]
    [InlineData(47 * 3600, "47 hours ago")]
    [InlineData(48 * 3600, "2 days ago")]
    [InlineData(-5, "just now")]
    public void A_list_read_later_says_how_long_ago(int seconds, string ago) => Assert.Equal(
        [$"last look {ago}, on the “Pricing” link of “Offer”", "3 looks in 1 sitting", "1 click"],
        PromptWording.HotReasons(new(Nine, Nine, 1, 1, 1), 3, 1, new("Offer", "Pricing"), Nine.AddSeconds(seconds)));

    [Fact]
    public void No_click_is_no_reason() => Assert.Equal(
        ["last look just now of “Offer”", "1 look in 2 sittings"], PromptWording.HotReasons(new(Nine, Nine, 1, 0, 2), 1, 0, new("Offer", null), Nine));
}
