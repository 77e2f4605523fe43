using Microsoft.Extensions.Time.Testing;
using Tracker.Journal;
using static Tracker.Tests.Journal.JournalFolder;

namespace Tracker.Tests.Journal;

public sealed class JournalRoundTrip : IDisposable
{
    readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_recorded_is_read_in_order_now_and_after_a_restart()
    {
        List<long> ids;
        await using (var journal = _folder.Open(o => o with { SegmentBytes = 2_000 }))
        {
            var appended = Enumerable.Range(0, 200).Select(i => journal.Append(Payload(i))).ToList();
            Assert.All(await Task.WhenAll(appended.Select(a => a.Recorded)), Assert.True);
            ids = [.. appended.Select(a => a.HitId)];
            Assert.Equal(ids, ReadAll(journal).Select(r => r.HitId));
            Assert.Equal((200, 0), (journal.Status.Recorded, journal.Status.Unrecorded));
        }
        var (records, status) = await _folder.ReadAsync();
        Assert.Equal(ids, records.Select(r => r.HitId));
        Assert.All(records, (r, i) => Assert.Equal(Payload(i), r.Payload.ToArray()));
        Assert.Equal((0, ids[^1]), (status.Damaged, status.LastRecorded));
        Assert.True(status.Healthy);
    }

    [Fact]
    public async Task Empty_and_largest_payloads_are_recorded_and_a_larger_one_is_counted_as_unrecorded()
    {
        await using var journal = _folder.Open();
        Assert.True(await journal.Append([]).Recorded);
        Assert.True(await journal.Append(new byte[32 << 10]).Recorded);
        Assert.False(await journal.Append(new byte[(32 << 10) + 1]).Recorded);
        Assert.Equal([0, 32 << 10], ReadAll(journal).Select(r => r.Payload.Length));
        Assert.Equal((2, 1), (journal.Status.Recorded, journal.Status.Unrecorded));
    }

    [Fact]
    public async Task Ids_grow_over_restarts_when_the_clock_goes_back_and_after_the_folder_is_emptied()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
        async Task<long> OneAsync(int node = 3, long after = 0)
        {
            await using var journal = _folder.Open(o => o with { Node = node }, time);
            journal.ContinueAfter(after > 0 ? after : HitIds.Of(node, 0));
            var appended = journal.Append([1]);
            Assert.True(await appended.Recorded);
            return appended.HitId;
        }
        var first = await OneAsync();
        Assert.Equal(3, HitIds.NodeOf(first));
        Assert.InRange(HitIds.SequenceOf(first), 1_800_000_000_000, 1_800_000_000_010);
        time.AdjustTime(time.GetUtcNow().AddYears(-1));
        var second = await OneAsync();
        Assert.True(second > first);
        Directory.Delete(_folder.Path, recursive: true);
        time.AdjustTime(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_001_000));
        Assert.True(await OneAsync() > second);
        Assert.Equal(second + 1_000_000, await OneAsync(after: second + 999_999));
    }

    [Theory]
    [InlineData(0, 0L, 0L)]
    [InlineData(511, (1L << 44) - 1, (1L << 53) - 1)]
    public void Ids_are_node_and_sequence_and_stay_below_two_to_the_53(int node, long sequence, long id)
    {
        Assert.Equal(id, HitIds.Of(node, sequence));
        Assert.Equal((node, sequence), (HitIds.NodeOf(id), HitIds.SequenceOf(id)));
    }

    [Fact]
    public async Task Parallel_appenders_share_syncs_and_file_order_is_id_order()
    {
        const int appenders = 64, each = 200;
        await using var journal = _folder.Open(o => o with { SegmentBytes = 100_000 });
        var ids = new long[appenders][];
        await Parallel.ForAsync(0, appenders, new ParallelOptions { MaxDegreeOfParallelism = appenders }, async (a, _) =>
        {
            ids[a] = new long[each];
            for (var i = 0; i < each; i++)
            {
                var appended = journal.Append(BitConverter.GetBytes(a * each + i));
                Assert.True(await appended.Recorded);
                ids[a][i] = appended.HitId;
            }
        });
        var records = ReadAll(journal);
        Assert.Equal(ids.SelectMany(i => i).Order(), records.Select(r => r.HitId));
        Assert.All(records, r => Assert.Contains(r.HitId, ids[BitConverter.ToInt32(r.Payload.Span) / each]));
        Assert.True(journal.Status.Syncs < appenders * each / 4, $"{journal.Status.Syncs} syncs");
    }

    [Fact]
    public async Task Whoever_waits_for_more_is_woken_by_the_next_durable_record_only()
    {
        await using var journal = _folder.Open();
        var ct = TestContext.Current.CancellationToken;
        var first = journal.Append([1]);
        await journal.WaitForMoreAsync(0, ct);
        await first.Recorded;
        var waiting = journal.WaitForMoreAsync(first.HitId, ct);
        Assert.False(waiting.IsCompleted);
        var second = journal.Append([2]);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), ct);
        Assert.Equal(second.HitId, Assert.Single(journal.Read(first.HitId, 10)).HitId);
        using var cancel = new CancellationTokenSource();
        var last = journal.WaitForMoreAsync(second.HitId, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last);
    }

    [Fact]
    public async Task Release_deletes_wholly_released_segments_never_the_active_one_and_ids_go_on()
    {
        long last;
        await using (var journal = _folder.Open(o => o with { SegmentBytes = 500 }))
        {
            var ids = new List<long>();
            for (var i = 0; i < 60; i++)
            {
                var appended = journal.Append(Payload(i));
                Assert.True(await appended.Recorded);
                ids.Add(appended.HitId);
            }
            var middle = ids[30];
            Assert.Equal(middle, journal.Read(ids[29], 1)[0].HitId);
            var before = journal.Status.Segments;
            journal.Release(middle);
            Assert.InRange(journal.Status.Segments, 2, before - 1);
            Assert.Equal(ids[31..], ReadAll(journal, middle).Select(r => r.HitId));
            journal.Release(last = ids[^1]);
            Assert.Equal(1, journal.Status.Segments);
            Assert.True(await journal.Append([9]).Recorded);
            Assert.Single(ReadAll(journal, last));
        }
        await using var again = _folder.Open();
        Assert.Single(ReadAll(again, last));
        var next = again.Append([10]);
        Assert.True(await next.Recorded);
        Assert.True(next.HitId > last + 1);
        again.Release(next.HitId);
        Assert.Single(_folder.Segments);
    }

    [Fact]
    public async Task Closing_records_what_queued_and_answers_everybody()
    {
        var journal = _folder.Open();
        var appended = Enumerable.Range(0, 1000).Select(i => journal.Append(Payload(i)).Recorded).ToList();
        await journal.DisposeAsync();
        Assert.All(appended, a => Assert.True(a.IsCompletedSuccessfully && a.Result));
        Assert.False(await journal.Append([1]).Recorded);
        Assert.Equal(1000, (await _folder.ReadAsync()).Records.Count);
    }
}
