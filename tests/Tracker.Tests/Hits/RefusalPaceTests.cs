using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tracker.Hits;

namespace Tracker.Tests.Hits;

/// <summary>Only refusals are counted, only their answers wait, and neither memory nor waiting grows with the number of askers.</summary>
public sealed class RefusalPaceTests
{
    static readonly IPAddress One = IPAddress.Parse("198.51.100.7");

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sixty_a_minute_are_free_and_the_next_waits_a_second()
    {
        var time = new FakeTimeProvider();
        var pace = new RefusalPace(time);
        for (var i = 0; i < RefusalPace.FreePerMinute; i++)
        {
            Assert.True(pace.WaitAsync(One, Ct).IsCompleted);
        }
        var waits = pace.WaitAsync(One, Ct);
        Assert.False(waits.IsCompleted);
        time.Advance(RefusalPace.Delay);
        await waits;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(pace.WaitAsync(One, Ct).IsCompleted);
    }

    [Fact]
    public async Task At_most_a_thousand_wait_and_who_hangs_up_makes_room()
    {
        var time = new FakeTimeProvider();
        var pace = new RefusalPace(time);
        using var hangUp = new CancellationTokenSource();
        for (var i = 0; i < RefusalPace.FreePerMinute; i++)
        {
            await pace.WaitAsync(One, Ct);
        }
        var waiting = Enumerable.Range(0, RefusalPace.MostWaiting).Select(_ => pace.WaitAsync(One, hangUp.Token)).ToList();
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        Assert.True(pace.WaitAsync(One, Ct).IsCompleted);
        await hangUp.CancelAsync();
        await Task.WhenAll(waiting);
        Assert.False(pace.WaitAsync(One, Ct).IsCompleted);
    }
}
