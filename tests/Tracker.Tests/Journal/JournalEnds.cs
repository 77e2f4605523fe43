using Tracker.Journal;
using static Tracker.Tests.Journal.JournalFolder;

namespace Tracker.Tests.Journal;

/// <summary>Zeros at the end of a segment are what a kill leaves of the part filled ahead, and what a failing disk makes of records. The next segment's header tells them apart.</summary>
public sealed class JournalEnds : IDisposable
{
    readonly JournalFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    public enum Harm { Zeroed, CutBetweenRecords, CutInARecord }

    /// <summary>Harms what lies behind the first record.</summary>
    static async Task HarmAsync(string path, Harm harm)
    {
        var bytes = await File.ReadAllBytesAsync(path, Ct);
        var first = 32 + 16 + BitConverter.ToInt32(bytes, 32);
        if (harm == Harm.Zeroed)
        {
            bytes.AsSpan(first).Clear();
        }
        await File.WriteAllBytesAsync(path, harm == Harm.Zeroed ? bytes : bytes[..(first + (harm == Harm.CutInARecord ? 20 : 0))], Ct);
    }

    public static TheoryData<Harm> Harms => [.. Enum.GetValues<Harm>()];

    [Theory]
    [MemberData(nameof(Harms))]
    public async Task An_end_that_goes_missing_in_an_earlier_segment_is_told(Harm harm)
    {
        var ids = await _folder.WriteAsync(Payload(1), Payload(2), Payload(3));
        ids.AddRange(await _folder.WriteAsync(Payload(4)));
        await HarmAsync(_folder.Segments[0], harm);
        Assert.Equal((2L, 1), (JournalFiles.Look(_folder.Path).Records, JournalFiles.Look(_folder.Path).Damaged));
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal([ids[0], ids[3]], records.Select(r => r.HitId));
        Assert.Equal(1, status.Damaged);
    }

    [Theory]
    [MemberData(nameof(Harms))]
    public async Task So_is_the_last_one_once_there_was_a_start_behind_it(Harm harm)
    {
        var ids = await _folder.WriteAsync(Payload(1), Payload(2), Payload(3));
        await using (_folder.Open())
        {
            Assert.Equal(2, _folder.Segments.Length); // The second has a header and nothing else.
        }
        await HarmAsync(_folder.Segments[0], harm);
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal(ids[0], Assert.Single(records).HitId);
        Assert.Equal(1, status.Damaged);
        // Told once: the journal goes on from what is left.
        Assert.Equal(0, (await _folder.ReadAsync()).Status.Damaged);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    public async Task A_segment_of_which_nothing_is_left_is_set_aside_when_there_was_something(int length)
    {
        await _folder.WriteAsync(Payload(1), Payload(2));
        await using (_folder.Open())
        {
        }
        var path = _folder.Segments[0];
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, Ct))[..length], Ct);
        var (records, status) = await _folder.ReadAsync();
        Assert.Empty(records);
        Assert.Equal(1, status.Damaged);
        Assert.True(File.Exists(path + ".damaged"));
    }

    [Fact]
    public async Task Every_segment_of_a_run_tells_of_the_one_before()
    {
        var ids = new List<long>();
        await using (var journal = _folder.Open(o => o with { SegmentBytes = 1 }))
        {
            for (var i = 0; i < 4; i++)
            {
                var appended = journal.Append(Payload(i));
                Assert.True(await appended.Recorded);
                ids.Add(appended.HitId);
            }
        }
        await using (var file = new FileStream(Path.Combine(_folder.Path, $"{ids[2]:D16}.journal"), FileMode.Open))
        {
            file.SetLength(32);
        }
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal([ids[0], ids[1], ids[3]], records.Select(r => r.HitId));
        Assert.Equal(1, status.Damaged);
    }

    [Fact]
    public async Task An_empty_file_is_what_a_kill_leaves_before_the_first_write_and_no_damage()
    {
        var ids = await _folder.WriteAsync(Payload(1));
        var empty = Path.Combine(_folder.Path, $"{ids[0] + 1000:D16}.journal");
        await File.WriteAllBytesAsync(empty, [], Ct);
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal(ids, records.Select(r => r.HitId));
        Assert.Equal((0, true), (status.Damaged, status.Healthy));
        Assert.False(File.Exists(empty) || File.Exists(empty + ".damaged"));
        Assert.True((await _folder.WriteAsync(Payload(2)))[0] > ids[0] + 1000);
    }

    // Node 0 and first id 1, as the first version wrote it.
    [Theory]
    [InlineData("54524B484954530A010000000000000001000000000000000000000015B3C388", true)]
    [InlineData("54524B484954530A010000000000000001000000000000000000000015B3C389", false)]
    [InlineData("54524B484954530A030000000000000001000000000000000000000015B3C388", false)]
    public void A_header_of_version_1_is_read(string header, bool isGood)
    {
        Assert.Equal(isGood, SegmentHeader.TryRead(Convert.FromHexString(header), 1, out var before));
        Assert.Equal(0u, before.Length);
    }
}
