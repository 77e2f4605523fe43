using CsCheck;
using Tracker.Journal;
using static Tracker.Tests.Journal.JournalFolder;

namespace Tracker.Tests.Journal;

public sealed class JournalDamage : IDisposable
{
    readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tail_torn_at_any_byte_costs_only_the_record_it_tore()
    {
        var ids = await _folder.WriteAsync(Payload(1), Payload(2), Payload(3));
        var (path, bytes) = (_folder.Segments[0], await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken));
        var whole = bytes.Length - 16 - Payload(3).Length;
        for (var length = whole; length < bytes.Length; length++)
        {
            ClearAndWrite(path, bytes[..length]);
            var (records, status) = await _folder.ReadAsync();
            Assert.Equal(ids[..2], records.Select(r => r.HitId));
            Assert.Equal(0, status.Damaged);
            Assert.Equal(whole, new FileInfo(path).Length);
            Assert.True(status.Healthy);
        }
    }

    [Fact]
    public async Task A_tail_that_was_cut_never_gives_its_ids_again()
    {
        var ids = await _folder.WriteAsync(Payload(1), Payload(2), Payload(3));
        var bytes = await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        ClearAndWrite(_folder.Segments[0], bytes);
        var next = await _folder.WriteAsync(Payload(4));
        Assert.True(next[0] > ids[^1]);
    }

    [Fact]
    public async Task Any_flipped_bit_costs_at_most_the_record_it_hits()
    {
        var payloads = Enumerable.Range(0, 40).Select(Payload).ToArray();
        var ids = await _folder.WriteAsync(payloads);
        var (path, bytes) = (_folder.Segments[0], await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken));
        await Gen.Int[0, bytes.Length * 8 - 1].SampleAsync(async bit =>
        {
            var damaged = bytes.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            ClearAndWrite(path, damaged);
            var hit = RecordAt(payloads, bit / 8);
            var (records, status) = await _folder.ReadAsync();
            Assert.Equal(ids.Where((_, i) => i != hit), records.Select(r => r.HitId));
            Assert.All(records, r => Assert.Equal(payloads[ids.IndexOf(r.HitId)], r.Payload.ToArray()));
            // Damage in the last record looks like a torn tail, and the header is not needed to read on.
            Assert.Equal(hit >= 0 && hit < payloads.Length - 1 ? 1 : 0, status.Damaged);
        }, iter: 300, threads: 1);
    }

    [Fact]
    public async Task Any_page_zeroed_and_any_cut_leaves_every_untouched_record_before_and_after_it()
    {
        var payloads = Enumerable.Range(0, 400).Select(Payload).ToArray();
        var ids = await _folder.WriteAsync(payloads);
        var (path, bytes) = (_folder.Segments[0], await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken));
        await Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Int[1, 4096], Gen.Bool).SampleAsync(async (start, length, cut) =>
        {
            var end = cut ? bytes.Length : Math.Min(bytes.Length, start + length);
            var damaged = bytes.ToArray();
            damaged.AsSpan(start..end).Clear();
            ClearAndWrite(path, cut ? bytes[..start] : damaged);
            var (first, last) = (RecordAt(payloads, start), RecordAt(payloads, end - 1));
            var (records, _) = await _folder.ReadAsync();
            Assert.Equal(ids.Where((_, i) => i < first || i > last), records.Select(r => r.HitId));
        }, iter: 100, threads: 1);
    }

    [Fact]
    public async Task Damage_in_one_segment_leaves_the_others_alone()
    {
        var ids = new List<long>();
        for (var run = 0; run < 3; run++)
        {
            ids.AddRange(await _folder.WriteAsync(Payload(run), Payload(run + 10)));
        }
        var middle = _folder.Segments[1];
        var bytes = await File.ReadAllBytesAsync(middle, TestContext.Current.CancellationToken);
        bytes[32 + 16] ^= 0x40;
        await File.WriteAllBytesAsync(middle, bytes, TestContext.Current.CancellationToken);
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal([ids[0], ids[1], ids[3], ids[4], ids[5]], records.Select(r => r.HitId));
        Assert.Equal(1, status.Damaged);
    }

    [Fact]
    public async Task A_segment_that_cannot_be_read_is_set_aside()
    {
        var ids = await _folder.WriteAsync(Payload(1));
        var strange = Path.Combine(_folder.Path, $"{ids[0] + 1000:D16}.journal");
        await File.WriteAllTextAsync(strange, "this is no journal, and nothing in it looks like a record of one", TestContext.Current.CancellationToken);
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal(ids, records.Select(r => r.HitId));
        Assert.Equal((1, true), (status.Damaged, status.Healthy));
        Assert.True(File.Exists(strange + ".damaged") && !File.Exists(strange));
        Assert.True((await _folder.WriteAsync(Payload(2)))[0] > ids[0] + 1000);
    }

    [Fact]
    public async Task Ids_that_come_twice_are_read_once()
    {
        var ids = await _folder.WriteAsync(Payload(1), Payload(2));
        var second = (await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken))[^(16 + Payload(2).Length)..];
        ids.AddRange(await _folder.WriteAsync(Payload(3)));
        // As when a failed segment could not be cut back, and its last batch then went to a new one.
        var third = (await File.ReadAllBytesAsync(_folder.Segments[1], TestContext.Current.CancellationToken))[32..];
        File.Delete(_folder.Segments[1]);
        var again = Path.Combine(_folder.Path, $"{ids[1]:D16}.journal");
        await File.WriteAllBytesAsync(again, [.. SegmentHeader.Make(ids[1]), .. second, .. third], TestContext.Current.CancellationToken);
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal(ids, records.Select(r => r.HitId));
        Assert.Equal(0, status.Damaged);
    }

    /// <returns>-1 for the header.</returns>
    static int RecordAt(byte[][] payloads, int offset)
    {
        var (record, end) = (-1, 32);
        while (offset >= end)
        {
            end += 16 + payloads[++record].Length;
        }
        return record;
    }

    void ClearAndWrite(string path, byte[] bytes)
    {
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            File.Delete(file);
        }
        File.WriteAllBytes(path, bytes);
    }
}
