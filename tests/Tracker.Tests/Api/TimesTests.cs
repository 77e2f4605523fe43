using System.Globalization;
using Tracker.Web;

namespace Tracker.Tests.Api;

public sealed class TimesTests
{
    [Theory]
    [InlineData("2026-03-02T09:30:00Z", 9)]
    [InlineData("2026-03-02 09:30", 9)]
    [InlineData("2026-03-02 09:30:00Z", 9)]
    [InlineData("2026-03-02T09:30:00+02:00", 7)]
    [InlineData("2026-03-02T09:30:00 02:00", 7)]
    [InlineData("2026-03-02 09:30:00 02:00", 7)]
    public void A_time_is_read_with_a_space_for_the_T_or_for_an_unescaped_plus(string text, int hour) => Assert.Equal(
        new DateTimeOffset(2026, 3, 2, hour, 30, 0, TimeSpan.Zero), Times.Parse("at", text, DateTimeOffset.Parse("2026-03-03T00:00:00Z", CultureInfo.InvariantCulture)));
}
