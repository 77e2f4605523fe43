using Tracker.Engagement;

namespace Tracker.Tests.Engagement;

public sealed class BatchSizeTests
{
    [Theory]
    [InlineData(0, 200, BatchSize.Most)]
    [InlineData(200, 200, BatchSize.Most)] // 1,000 a second
    [InlineData(401, 200, BatchSize.MostUnderLoad)]
    [InlineData(3_000, 100, BatchSize.MostUnderLoad)]
    [InlineData(0, 0, BatchSize.Most)]
    public void Batches_are_smaller_while_requests_come_by_the_thousand(int arrived, int milliseconds, int expected) =>
        Assert.Equal(expected, BatchSize.Of(arrived, TimeSpan.FromMilliseconds(milliseconds)));
}
