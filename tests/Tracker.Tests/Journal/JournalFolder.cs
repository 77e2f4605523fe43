using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;
using Tracker.Journal;

namespace Tracker.Tests.Journal;

/// <summary>A temporary folder and the journals opened in it.</summary>
sealed class JournalFolder : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("tracker-journal-").FullName;

    public string Path => System.IO.Path.Combine(_root, "journal");

    /// <summary>Segments, oldest first.</summary>
    public string[] Segments => [.. Directory.GetFiles(Path, "*.journal").Order(StringComparer.Ordinal)];

    public HitJournal Open(Func<JournalOptions, JournalOptions>? with = null, TimeProvider? time = null, Action<SafeFileHandle>? sync = null)
    {
        // A generous limit: on a busy test machine a sync may take long, and most tests are not about that.
        var options = new JournalOptions { Folder = Path, AnswerWithin = TimeSpan.FromSeconds(30) };
        return HitJournal.Open(with?.Invoke(options) ?? options, time ?? TimeProvider.System, NullLogger.Instance, sync ?? RandomAccess.FlushToDisk);
    }

    /// <summary>Writes these payloads in one run of a journal, always at the same instant: the clock must not be what makes ids grow.</summary>
    public async Task<List<long>> WriteAsync(params IEnumerable<byte[]> payloads)
    {
        await using var journal = Open(time: new FakeTimeProvider());
        var appended = payloads.Select(p => journal.Append(p)).ToList();
        Assert.All(await Task.WhenAll(appended.Select(a => a.Recorded)), Assert.True);
        return [.. appended.Select(a => a.HitId)];
    }

    /// <summary>Everything a fresh start reads.</summary>
    public async Task<(List<JournalRecord> Records, JournalStatus Status)> ReadAsync()
    {
        await using var journal = Open();
        return (ReadAll(journal), journal.Status);
    }

    public static List<JournalRecord> ReadAll(HitJournal journal, long after = 0)
    {
        var all = new List<JournalRecord>();
        while (journal.Read(after, 7) is { Count: > 0 } some)
        {
            all.AddRange(some);
            after = some[^1].HitId;
        }
        return all;
    }

    public static byte[] Payload(int i) => Encoding.ASCII.GetBytes($"hit number {i} {new string('x', i % 50)}");

    /// <summary>Asks until it holds; real disks and threads have no event for "done". Fails after 20 s.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
