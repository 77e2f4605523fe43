using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

public sealed class ShareTests
{
    [Theory]
    [InlineData(8, 10, 0.490, 0.943)]
    [InlineData(0, 10, 0.000, 0.278)]
    [InlineData(10, 10, 0.722, 1.000)]
    [InlineData(81, 263, 0.255, 0.366)]   // Newcombe, Statistics in Medicine 17 (1998), table I
    public void Wilsons_interval_is_the_published_one(long right, long of, double low, double high)
    {
        var share = Share.Wilson(right, of);
        Assert.Equal((low, high), (Math.Round(share.Low, 3), Math.Round(share.High, 3)));
    }

    [Fact]
    public void Nothing_rated_says_nothing() => Assert.Equal(new Share(0, 0, null, 0, 1), Share.Wilson(0, 0));

    [Fact]
    public void A_forward_needs_another_network_and_another_kind_of_device_than_all_before()
    {
        var office = Make.Open(4000, Make.Outlook.Replace("Microsoft Office/16.0", "Microsoft Office/16.0 (Windows NT 10.0)", StringComparison.Ordinal), "198.51.100.7");
        var chrome = Make.Click(5000, agent: Make.Chrome, from: "198.51.100.8");
        var phone = Make.Click(6000, agent: Make.IPhone, from: "203.0.113.9");
        Assert.True(Forwarding.IsLikely([office, chrome], phone));
        Assert.False(Forwarding.IsLikely([], phone));
        Assert.False(Forwarding.IsLikely([office], Make.Click(6000, agent: Make.Chrome, from: "203.0.113.9")));
        Assert.False(Forwarding.IsLikely([office], Make.Click(6000, agent: Make.IPhone, from: "198.51.100.200")));
        Assert.False(Forwarding.IsLikely([office, phone], Make.Click(7000, agent: Make.IPhone, from: "192.0.2.9")));
        Assert.False(Forwarding.IsLikely([Make.Open(4000, Make.Gmail, "66.249.84.1")], phone));
        Assert.False(Forwarding.IsLikely([chrome], Make.Click(6000, agent: Make.IPhone, from: "172.225.1.1", network: Make.Apple)));
    }
}
