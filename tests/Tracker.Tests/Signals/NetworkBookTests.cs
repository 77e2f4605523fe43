using System.Net;
using Tracker.Domain.Signals;
using Tracker.Hits.Networks;

namespace Tracker.Tests.Signals;

public sealed class NetworkBookTests
{
    static readonly KnownNetwork Wide = new("wide", NetworkCertainty.Probable, false), Narrow = new("narrow", NetworkCertainty.Certain, false);

    [Theory]
    [InlineData("172.225.10.3", "apple-egress")]
    [InlineData("2a02:26f7:c8c0::1", "apple-egress")]
    [InlineData("40.107.22.5", "microsoft-eop")]
    [InlineData("52.103.9.4", "microsoft-eop")]
    [InlineData("52.96.12.7", "exchange-online")]
    [InlineData("20.72.100.79", "cloud-microsoft")]
    [InlineData("35.157.190.230", "barracuda-egd")]
    [InlineData("35.158.0.1", "cloud-aws")]
    [InlineData("66.249.84.213", "google-image-proxy")]
    [InlineData("66.249.89.40", "google-crawlers")]
    [InlineData("67.231.152.7", "proofpoint")]
    [InlineData("5.161.44.9", "cloud-hetzner")]
    [InlineData("::ffff:40.107.22.5", "microsoft-eop")]
    [InlineData("17.58.1.1", null)]
    [InlineData("203.0.113.24", null)]
    [InlineData("255.255.255.255", null)]
    [InlineData("::1", null)]
    public void Shipped_networks_are_found(string address, string? name) => Assert.Equal(name, NetworkBook.Shipped.Find(IPAddress.Parse(address))?.Name);

    [Fact]
    public void The_narrowest_range_wins_and_of_equal_ones_the_later()
    {
        var book = Book(("10.0.0.0/8", Wide), ("10.1.0.0/16", Narrow), ("10.1.0.0/24", Wide), ("0.0.0.0/0", Narrow), ("255.255.255.255/32", Wide));
        Assert.Equal(["wide", "wide", "narrow", "wide", "narrow", "wide"],
            new[] { "10.0.255.255", "10.1.0.9", "10.1.1.0", "10.255.255.255", "11.0.0.0", "255.255.255.255" }.Select(a => book.Find(IPAddress.Parse(a))!.Name));
        Assert.Equal("narrow", book.With([NetworkRange.Of(IPNetwork.Parse("10.1.0.0/24"), Narrow)]).Find(IPAddress.Parse("10.1.0.9"))!.Name);
    }

    [Fact]
    public void Finds_what_a_plain_scan_over_all_ranges_finds()
    {
        var random = new Random(7);
        var ranges = Enumerable.Range(0, 400).Select(i => (Range: RandomRange(random, i % 2 == 0), Network: new KnownNetwork($"n{i}", NetworkCertainty.Probable, false))).ToList();
        var book = new NetworkBook(ranges.Select(r => NetworkRange.Of(r.Range, r.Network)));
        for (var i = 0; i < 20_000; i++)
        {
            var address = RandomRange(random, i % 2 == 0, 0).BaseAddress;
            var expected = ranges.Where(r => r.Range.Contains(address)).Select((r, order) => (r, order)).OrderBy(x => x.r.Range.PrefixLength).ThenBy(x => x.order).LastOrDefault();
            Assert.Equal(expected.r.Network?.Name, book.Find(address)?.Name);
        }
    }

    [Theory]
    [InlineData("10.0.0.0/8,x,certain")]
    [InlineData("10.0.0.0/40,x,certain,all")]
    [InlineData("10.0.0.0/8,x,sure,all")]
    [InlineData("10.0.0.0/8,,certain,all")]
    [InlineData("10.0.0.0/8,x,certain,opens")]
    public void A_line_that_cannot_be_read_is_named(string line) =>
        Assert.Contains("mine.csv, line 2", Assert.Throws<FormatException>(() => NetworkRange.Read(new StringReader("# ours\n" + line), "mine.csv")).Message, StringComparison.Ordinal);

    [Fact]
    public void Fifteen_thousand_ranges_are_searched_without_allocation()   // how fast is the benchmark's to say (network)
    {
        var random = new Random(7);
        var book = new NetworkBook(Enumerable.Range(0, 15_000).Select(i => NetworkRange.Of(RandomRange(random, i % 4 == 0), Wide)));
        var addresses = Enumerable.Range(0, 1_000).Select(i => RandomRange(random, i % 4 == 0, 0).BaseAddress).ToArray();
        FindAll(book, addresses);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = FindAll(book, addresses);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(found, 100, 1_000);
    }

    static int FindAll(NetworkBook book, IPAddress[] addresses)
    {
        var found = 0;
        foreach (var address in addresses)
        {
            found += book.Find(address) is null ? 0 : 1;
        }
        return found;
    }

    static NetworkBook Book(params (string Range, KnownNetwork Network)[] ranges) => new(ranges.Select(r => NetworkRange.Of(IPNetwork.Parse(r.Range), r.Network)));

    // Few high bits vary, so that ranges nest and addresses fall into them.
    static IPNetwork RandomRange(Random random, bool v4, int widest = 20)
    {
        var bytes = new byte[v4 ? 4 : 16];
        random.NextBytes(bytes);
        bytes[0] &= 3;
        var length = (bytes.Length * 8) - random.Next(widest == 0 ? 1 : (v4 ? 26 : 122));
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }
        return new(new IPAddress(bytes), length);
    }
}
