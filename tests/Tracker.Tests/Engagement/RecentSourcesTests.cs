using Tracker.Engagement;
using Tracker.Storage;
using Tracker.Tests.Signals;
using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

public sealed class RecentSourcesTests
{
    static (CopyRow, Domain.Signals.Hit) Of(long copy, double seconds, string from = "192.0.2.1") =>
        (new CopyRow { Id = copy, ProspectId = copy }, Make.Open(seconds, Make.Chrome, from) with { Id = (copy * 1_000_000) + (long)(seconds * 1000) });

    [Fact]
    public async Task Hits_are_counted_with_those_before_and_after_them_and_told_once()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var database = new Database("", engine.DataFolder);
        var sources = new RecentSources();
        async Task<(int[] Others, OtherCopiesChange[] Earlier)> MarkAsync(params (CopyRow, Domain.Signals.Hit)[] hits) => await database.WriteAsync(s =>
        {
            var marked = sources.Mark(s, [.. hits], out var earlier);
            return Task.FromResult((marked.Select(m => m.Hit.OtherCopies).ToArray(), earlier.ToArray()));
        }, TestContext.Current.CancellationToken);

        var (first, none) = await MarkAsync(Of(1, 0), Of(2, 3));
        Assert.Equal((int[])[1, 1], first);
        Assert.Empty(none);
        var (others, earlier) = await MarkAsync(Of(3, 9));
        Assert.Equal(2, others.Single());
        Assert.Equal([1L, 2L], earlier.Select(e => e.CopyId));
        Assert.Empty((await MarkAsync(Of(4, 9.5))).Earlier);
        Assert.Equal(0, (await MarkAsync(Of(5, 40))).Others.Single());
        Assert.Equal(0, (await MarkAsync(Of(6, 41, "192.0.2.2"))).Others.Single());
    }

    [Fact]
    public async Task A_batch_that_is_rolled_back_is_not_remembered_and_one_that_comes_twice_counts_once()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var database = new Database("", engine.DataFolder);
        var sources = new RecentSources();
        await Assert.ThrowsAsync<TimeoutException>(() => database.WriteAsync<int>(s =>
        {
            sources.Mark(s, [Of(1, 0), Of(2, 1)], out _);
            throw new TimeoutException();
        }, TestContext.Current.CancellationToken));
        for (var i = 0; i < 2; i++)
        {
            var others = await database.WriteAsync(s => Task.FromResult(sources.Mark(s, [Of(3, 2)], out _)[0].Hit.OtherCopies), TestContext.Current.CancellationToken);
            Assert.Equal(0, others);
        }
    }
}
