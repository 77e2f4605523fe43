using Tracker.Journal;
using static Tracker.Tests.Journal.JournalFolder;

namespace Tracker.Tests.Journal;

/// <summary>Segments are filled with zeros ahead of what is written, so that a sync writes data only.</summary>
public sealed class JournalFilled : IDisposable
{
    // 256: a length whose first byte is zero, so that the record itself begins with one.
    static readonly byte[] BeginsWithZero = new byte[256];

    readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_segment_is_longer_than_its_records_while_it_is_written_and_not_when_it_is_closed()
    {
        await using (var journal = _folder.Open())
        {
            Assert.True(await journal.Append(Payload(1)).Recorded);
            var length = new FileInfo(_folder.Segments[0]).Length;
            Assert.True(await journal.Append(Payload(2)).Recorded);
            Assert.InRange(length, 1 << 20, 2 << 20);
            Assert.Equal(length, new FileInfo(_folder.Segments[0]).Length);
        }
        Assert.Equal(32 + 16 + Payload(1).Length + 16 + Payload(2).Length, new FileInfo(_folder.Segments[0]).Length);
    }

    [Fact]
    public async Task Zeros_that_no_record_came_to_replace_are_no_damage_and_are_cut_at_the_next_start()
    {
        var ids = await _folder.WriteAsync(Payload(1), BeginsWithZero, Payload(3));
        var (path, bytes) = (_folder.Segments[0], await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken));
        await File.WriteAllBytesAsync(path, [.. bytes, .. new byte[200_000]], TestContext.Current.CancellationToken);
        var content = JournalFiles.Look(_folder.Path);
        Assert.Equal((3L, 0), (content.Records, content.Damaged));
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal(ids, records.Select(r => r.HitId));
        Assert.Equal(0, status.Damaged);
        Assert.Equal(bytes.Length, new FileInfo(path).Length);
    }

    [Fact]
    public async Task Zeros_before_a_record_are_damage_and_hide_no_record_wherever_a_read_ends()
    {
        var ids = await _folder.WriteAsync(Payload(1), BeginsWithZero);
        var (path, bytes) = (_folder.Segments[0], await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken));
        var first = 32 + 16 + Payload(1).Length;
        for (var off = -20; off <= 20; off++)
        {
            // Reads are of 64 KiB, from behind the header.
            await File.WriteAllBytesAsync(path, [.. bytes[..first], .. new byte[(64 << 10) + 32 - first + off], .. bytes[first..]], TestContext.Current.CancellationToken);
            var (records, status) = await _folder.ReadAsync();
            Assert.Equal(ids, records.Select(r => r.HitId));
            Assert.Equal(1, status.Damaged);
        }
    }
}
