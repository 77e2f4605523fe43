using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tracker.Domain.Signals;
using Tracker.Hits;
using Tracker.Journal;

namespace Tracker.Benchmarks;

/// <summary>A journal full of hits as a day brings them: of any copy, four opens to a click.</summary>
static class Backlog
{
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
        writer.Head(click ? HitKind.Click : HitKind.Open, OwnVisit.None, click ? random.Next(World.LinksPerMessage) : 0, at, Visitors.SourceHash(copy), World.Token(copy));
        writer.Text("GET", 16);
        writer.Text(Visitors.SourcePrefix(copy), 48);
        writer.Text(Visitors.UserAgent(Visitors.Of(copy)), HitHeaders.MaxUserAgent);
        writer.Network(null);
        writer.Headers(click ? Page : Picture);
        return writer.Written;
    }

    static readonly HeaderDictionary Picture = new(Visitors.Headers.ToDictionary(h => h.Key, h => new Microsoft.Extensions.Primitives.StringValues(h.Value), StringComparer.OrdinalIgnoreCase));

    static readonly HeaderDictionary Page = new(Picture.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase))
    {
        ["accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ["sec-fetch-dest"] = "document", ["sec-fetch-mode"] = "navigate",
    };
}
