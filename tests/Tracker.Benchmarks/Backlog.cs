using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using System.Globalization;
using Tracker.Domain.Signals;
using Tracker.Hits;
using Tracker.Journal;

namespace Tracker.Benchmarks;

/// <summary>A journal full of hits as a day brings them: of any copy, opens and clicks, from many addresses with a few hundred programs.</summary>
static class Backlog
{
    static readonly string[] Programs =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{0} Safari/605.1.15",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    ];

    /// <returns>The last hit's id.</returns>
    public static async Task<long> WriteAsync(string dataFolder, World world, int count, DateTimeOffset now)
    {
        await using var journal = HitJournal.Open(new() { Folder = Path.Combine(dataFolder, "journal") }, TimeProvider.System, NullLogger<HitJournal>.Instance);
        var random = new Random(World.Seed);
        var buffer = new byte[HitRecord.Writer.MaxLength];
        Appended last = default;
        for (var i = 0; i < count; i++)
        {
            last = journal.Append(Hit(buffer, random, 1 + random.Next(world.Copies), now.AddMilliseconds(-count + i)));
            if (i % 10_000 == 0)
            {
                await last.Recorded;
            }
        }
        return await last.Recorded ? last.HitId : throw new InvalidOperationException("The backlog could not be written in time; the disk is too busy.");
    }

    static ReadOnlySpan<byte> Hit(byte[] buffer, Random random, int copy, DateTimeOffset at)
    {
        var click = random.Next(5) == 0;
        var writer = new HitRecord.Writer(buffer);
        writer.Head(click ? HitKind.Click : HitKind.Open, OwnVisit.None, click ? random.Next(World.LinksPerMessage) : 0, at, random.NextInt64(), World.Token(copy));
        writer.Text("GET", 16);
        writer.Text(string.Create(CultureInfo.InvariantCulture, $"198.51.{random.Next(200)}.0/24"), 48);
        writer.Text(string.Format(CultureInfo.InvariantCulture, Programs[random.Next(Programs.Length)], 100 + random.Next(40)), HitHeaders.MaxUserAgent);
        writer.Network(null);
        writer.Headers(new HeaderDictionary
        {
            ["Accept"] = "image/avif,image/webp,*/*;q=0.8", ["Accept-Language"] = "en-GB,en;q=0.9", ["Accept-Encoding"] = "gzip, deflate, br",
            ["Sec-Fetch-Dest"] = click ? "document" : "image", ["Sec-Fetch-Mode"] = click ? "navigate" : "no-cors", ["Sec-Fetch-Site"] = "cross-site",
        });
        return writer.Written;
    }
}
