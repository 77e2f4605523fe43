using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>S2: nobody listens where the filter should be.</summary>
public sealed class AwayTests
{
    static readonly (string, IReadOnlyList<string>)[] Three = [.. Enumerable.Range(0, 3).Select(i => (Sender.Mail(i), (IReadOnlyList<string>)[$"a{i}@customer.example", $"b{i}@customer.example"]))];

    /// <summary>Rita is known before the filter listens: Postfix tries at any moment, and mail of nobody's goes on as it is.</summary>
    static async Task<FilterRig> TrackerAsync(Postfix postfix)
    {
        var engine = await Engine.SqliteAsync();
        await using (var before = await TestServer.StartAsync(engine))
        {
            await before.RepAsync();
        }
        return await FilterRig.StartAsync(postfix.Reinjection, [("Tracker:Filter:Listen", $"127.0.0.1:{postfix.Filter}")], engine);
    }

    [Fact]
    public async Task Mail_waits_until_the_filter_is_back_and_then_goes_tracked()
    {
        await using var world = new Hop();
        await using var postfix = await RealPostfix.StartAsync(world.Port);
        await Sender.SendAsync(postfix.Front, Three);
        await Until.TrueAsync(() => Task.FromResult(postfix.Count("Connection refused") > 0), "Postfix has tried");
        Assert.Equal(3, await postfix.WaitingAsync());
        Assert.Empty(world.Mails);
        await using var rig = await TrackerAsync(postfix);
        await postfix.EmptyAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(6, world.Mails.Count);
        Assert.All(world.Mails, m => Assert.Contains("/o/", m.Raw, StringComparison.Ordinal));
        Assert.Equal(0, postfix.Count("status=bounced"));
    }

    [Fact]
    public async Task With_the_documented_way_around_it_goes_untracked_at_once_and_tracked_again_later()
    {
        await using var world = new Hop();
        await using var postfix = await RealPostfix.StartAsync(world.Port, more: new(FallBack: true));
        await Sender.SendAsync(postfix.Front, Three);
        await Until.TrueAsync(() => Task.FromResult(world.Mails.Count == 6), "all have arrived");
        Assert.All(world.Mails, m => Assert.DoesNotContain("/o/", m.Raw, StringComparison.Ordinal));
        await using var rig = await TrackerAsync(postfix);
        await Sender.SendAsync(postfix.Front, [(Sender.Mail(9), ["c@customer.example"])]);
        await Until.TrueAsync(() => Task.FromResult(world.Mails.Count == 7), "the next one has arrived");
        Assert.Contains("/o/", world.Mails.Last().Raw, StringComparison.Ordinal);
        Assert.Equal((0, 0), (postfix.Count("status=bounced"), postfix.Count("status=deferred")));
    }
}
