using System.Globalization;
using Tracker.Domain.Inbound;

namespace Tracker.Tests.Inbound;

public sealed class TextTests
{
    // Sent on Wednesday, 18 November 2026.
    static readonly DateTimeOffset Sent = new(2026, 11, 18, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("I am out until 27 November.", "2026-11-27")]
    [InlineData("I'll be back on November 27th, 2026", "2026-11-27")]
    [InlineData("out of office 20/11/2026 - 27/11/2026", "2026-11-27")]
    [InlineData("returning on 1/12/2026", "2026-12-01")]
    [InlineData("until 01/04", "2027-01-04")]
    [InlineData("back Friday", "2026-11-20")]
    [InlineData("Ich bin vom 18.11. bis 30.11. nicht im Büro.", "2026-11-30")]
    [InlineData("ab dem 7. Januar wieder erreichbar", "2027-01-07")]
    [InlineData("Je serai de retour le 1er décembre.", "2026-12-01")]
    [InlineData("Vuelvo el 3 de diciembre", "2026-12-03")]
    [InlineData("Torno il 2 dicembre", "2026-12-02")]
    [InlineData("Ik ben terug op maandag 30 november", "2026-11-30")]
    [InlineData("I return 2026-12-24. Our contract of 2027-06-01 is safe.", "2026-12-24")]
    [InlineData("I am away. Call 030 1234567 or see order 11.11.2020.", null)]
    [InlineData("I am on vacation.", null)]
    [InlineData("back on 31 February", null)]
    [InlineData("I was away until 10 November 2026", null)]
    public void The_day_of_return_is_read(string text, string? expected) =>
        Assert.Equal(expected, ReturnDate.Find(text, Sent)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("Regards\nPaul\nTel: +49 (30) 123-4567", "+49 (30) 123-4567")]
    [InlineData("M: 0171 2345678 | F: 0171 2345679", "0171 2345678")]
    [InlineData("Phone +1 555 000 1111", null)]
    [InlineData("Fax: +49 30 1234567", null)]
    [InlineData("Order no.: 123456789, 2026-11-18", null)]
    [InlineData("Mobil.: 0043 664 1234567", "0043 664 1234567")]
    [InlineData("Tel: 12345", null)]
    public void A_number_is_one_that_a_label_says_it_is(string text, string? expected) => Assert.Equal(expected, SignaturePhone.Find(text));

    [Theory]
    [InlineData("Yes.\n\nOn Mon, Mar 2, 2026 at 9:59 AM Rita <rita@example.com> wrote:\n> until 3 March", "Yes.")]
    [InlineData("Ja.\nAm 02.03.26 um 10:59 schrieb Rita Rep:\n> x", "Ja.")]
    [InlineData("Yes.\nOn Monday, March 2, 2026 at 10:59, Rita Rep\n<rita@example.com> wrote:\nx", "Yes.")]
    [InlineData("A\n> quoted\nB", "A\nB")]
    [InlineData("-----Original Message-----\nFrom: x", "")]
    public void What_is_quoted_is_not_theirs(string text, string expected) => Assert.Equal(expected, QuotedText.NewPart(text));

    [Fact]
    public void Text_made_to_take_long_takes_no_longer_than_its_length()
    {
        foreach (var text in new[] { new string('1', 20_000), string.Concat(Enumerable.Repeat("on 1 ", 4_000)), string.Concat(Enumerable.Repeat("tel: 1-", 3_000)), new string('>', 20_000) + "\n" })
        {
            _ = ReturnDate.Find(QuotedText.NewPart(text), Sent);
            _ = SignaturePhone.Find(text);
            _ = AnswerRules.Kind(new() { Subject = text, NewText = text, AutoSubmitted = "auto-replied" });
        }
    }
}
