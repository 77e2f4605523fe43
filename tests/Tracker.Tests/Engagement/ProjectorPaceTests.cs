using Tracker.Engagement;

namespace Tracker.Tests.Engagement;

public sealed class ProjectorPaceTests
{
    [Theory]
    [InlineData(0, 200, ProjectorPace.Most, false)]
    [InlineData(200, 200, ProjectorPace.Most, false)] // 1,000 a second
    [InlineData(401, 200, ProjectorPace.MostUnderLoad, false)]
    [InlineData(900, 100, ProjectorPace.MostUnderLoad, false)]
    [InlineData(3_000, 100, ProjectorPace.MostUnderLoad, true)]
    [InlineData(0, 0, ProjectorPace.Most, false)]
    public void Requests_go_first_while_they_come_by_the_thousand(int arrived, int milliseconds, int most, bool rests) =>
        Assert.Equal(new Portion(most, rests), ProjectorPace.Of(arrived, TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData(40, 40)]
    [InlineData(1_000, 1_000)]
    [InlineData(30_000, 1_000)]
    public void A_rest_is_as_long_as_the_batch_and_no_longer_than_a_second(int took, int rest) =>
        Assert.Equal(TimeSpan.FromMilliseconds(rest), ProjectorPace.RestAfter(TimeSpan.FromMilliseconds(took)));
}
