using Tracker.Engagement;

namespace Tracker.Tests.Engagement;

public sealed class ProjectorPaceTests
{
    [Theory]
    [InlineData(0, 200, ProjectorPace.Most, 0)]
    [InlineData(200, 200, ProjectorPace.Most, 0)] // 1,000 a second
    [InlineData(401, 200, ProjectorPace.MostUnderLoad, 0)]
    [InlineData(900, 100, ProjectorPace.MostUnderLoad, 0)]
    [InlineData(3_000, 100, ProjectorPace.MostUnderLoad, 1)]
    [InlineData(0, 0, ProjectorPace.Most, 0)]
    public void Requests_go_first_while_they_come_by_the_thousand(int arrived, int milliseconds, int most, double rest) =>
        Assert.Equal(new Portion(most, rest), ProjectorPace.Of(arrived, TimeSpan.FromMilliseconds(milliseconds)));
}
