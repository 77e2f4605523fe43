using Microsoft.Extensions.Time.Testing;
using static Tracker.Tests.Journal.JournalFolder;

namespace Tracker.Tests.Journal;

/// <summary>A disk that is missing, full, failing or hanging: everybody is answered, everything is counted, nothing needs a restart.</summary>
public sealed class JournalTrouble : IDisposable
{
    readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_cannot_be_made_opens_unhealthy_and_recovers_without_a_restart()
    {
        var ids = await _folder.WriteAsync(Payload(1));
        var aside = _folder.Path + ".aside";
        Directory.Move(_folder.Path, aside);
        await File.WriteAllTextAsync(_folder.Path, "a file where the folder should be", TestContext.Current.CancellationToken);
        await using var journal = _folder.Open();
        Assert.Contains(_folder.Path, journal.Status.Problem, StringComparison.Ordinal);
        Assert.False(await journal.Append(Payload(2)).Recorded);
        Assert.Equal((0, 1), (journal.Status.Recorded, journal.Status.Unrecorded));
        File.Delete(_folder.Path);
        Directory.Move(aside, _folder.Path);
        await UntilAsync(() => journal.Status.Healthy);
        var third = journal.Append(Payload(3));
        Assert.True(await third.Recorded);
        Assert.Equal([.. ids, third.HitId], ReadAll(journal).Select(r => r.HitId));
    }

    [Fact]
    public async Task A_folder_that_vanishes_at_a_new_segment_is_made_again_and_the_hit_is_kept()
    {
        await using var journal = _folder.Open(o => o with { SegmentBytes = 1 });
        Assert.True(await journal.Append(Payload(1)).Recorded);
        Directory.Delete(_folder.Path, recursive: true);
        await File.WriteAllTextAsync(_folder.Path, "in the way", TestContext.Current.CancellationToken);
        var second = journal.Append(Payload(2));
        Assert.False(await second.Recorded);
        File.Delete(_folder.Path);
        await UntilAsync(() => journal.Status.Healthy);
        Assert.Equal((1, 1, 1), (journal.Status.Recorded, journal.Status.Unrecorded, journal.Status.RecordedLate));
        Assert.Equal(second.HitId, Assert.Single(ReadAll(journal)).HitId);
        Assert.Equal(1, journal.Status.Damaged);
    }

    [Fact]
    public async Task A_full_disk_answers_false_counts_and_takes_the_hits_when_there_is_room_again()
    {
        using var disk = SmallDisk.Over(_folder.Path);
        await using var journal = _folder.Open(o => o with { SegmentBytes = 64 << 10 });
        var answers = new List<Tracker.Journal.Appended>();
        for (var i = 0; i < 100; i++)
        {
            answers.Add(journal.Append(Payload(i)));
            await answers[^1].Recorded;
        }
        disk.Fill();
        for (var i = 0; i < 5_000; i++)
        {
            var isKnown = journal.Status.Problem is not null;
            answers.Add(journal.Append(new byte[100]));
            Assert.True(!isKnown || answers[^1].Recorded.IsCompleted, "nobody waits for a disk that is known to be full");
            await answers[^1].Recorded;
        }
        Assert.NotNull(journal.Status.Problem);
        disk.Free();
        await UntilAsync(() => journal.Status.Healthy);
        answers.Add(journal.Append(Payload(0)));
        Assert.True(await answers[^1].Recorded);
        var status = journal.Status;
        Assert.Equal(answers.Count, status.Recorded + status.Unrecorded);
        Assert.InRange(status.Unrecorded, 1, 5_000);
        // Nothing was too much for memory, so all of them came late rather than never.
        Assert.Equal(status.Unrecorded, status.RecordedLate);
        Assert.Equal(answers.Select(a => a.HitId), ReadAll(journal).Select(r => r.HitId));
    }

    [Fact]
    public async Task A_sync_that_fails_gives_the_segment_up_and_the_batch_goes_to_a_new_one()
    {
        var failing = false;
        await using var journal = _folder.Open(sync: file =>
        {
            if (Volatile.Read(ref failing))
            {
                throw new IOException("Input/output error", 5);
            }
            RandomAccess.FlushToDisk(file);
        });
        var first = journal.Append(Payload(1));
        Assert.True(await first.Recorded);
        Volatile.Write(ref failing, true);
        var second = journal.Append(Payload(2));
        Assert.False(await second.Recorded);
        Assert.Equal([first.HitId], ReadAll(journal).Select(r => r.HitId));
        Assert.Contains("Input/output error", journal.Status.Problem, StringComparison.Ordinal);
        Volatile.Write(ref failing, false);
        await UntilAsync(() => journal.Status.Healthy);
        Assert.Equal([first.HitId, second.HitId], ReadAll(journal).Select(r => r.HitId));
        Assert.Equal(2, _folder.Segments.Length);
        Assert.Equal((1, 1, 1), (journal.Status.Recorded, journal.Status.Unrecorded, journal.Status.RecordedLate));
    }

    [Fact]
    public async Task A_hanging_disk_is_not_waited_for_and_what_does_not_fit_in_memory_is_refused()
    {
        using var disk = new ManualResetEventSlim(initialState: true);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var journal = _folder.Open(o => o with { AnswerWithin = TimeSpan.FromMilliseconds(150), MaxBytes = 2 << 20 }, time, file =>
        {
            disk.Wait();
            RandomAccess.FlushToDisk(file);
        });
        disk.Reset();
        var writing = journal.Append(Payload(1));
        time.Advance(TimeSpan.FromMilliseconds(149));
        Assert.False(writing.Recorded.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await writing.Recorded);
        Assert.Contains("150 ms", journal.Status.Problem, StringComparison.Ordinal);
        Assert.Empty(ReadAll(journal));

        var queued = Enumerable.Range(0, 100).Select(_ => journal.Append(new byte[20_000])).ToList();
        time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.All(await Task.WhenAll(queued.Select(q => q.Recorded)), Assert.False);

        disk.Set();
        await UntilAsync(() => journal.Status.Healthy && journal.Append([]).Recorded.Result);
        var status = journal.Status;
        // 1 MiB, half the limit, holds 52 payloads of 20,000 bytes beside the first hit.
        Assert.Equal(53, status.RecordedLate);
        Assert.Equal(101, status.Unrecorded);
        Assert.Equal(53 + status.Recorded, ReadAll(journal).Count);
    }

    [Fact]
    public async Task Over_its_limit_the_journal_refuses_until_the_database_takes_hits()
    {
        await using var journal = _folder.Open(o => o with { MaxBytes = 100_000, SegmentBytes = 20_000 });
        var last = 0L;
        for (var i = 0; i < 10; i++)
        {
            var appended = journal.Append(new byte[9_000]);
            Assert.True(await appended.Recorded);
            last = appended.HitId;
        }
        var refused = journal.Append(new byte[20_000]);
        Assert.False(await refused.Recorded);
        Assert.Contains("database", journal.Status.Problem, StringComparison.Ordinal);
        journal.Release(last);
        await UntilAsync(() => journal.Status.Healthy);
        Assert.Equal(refused.HitId, Assert.Single(ReadAll(journal, last)).HitId);
    }
}
