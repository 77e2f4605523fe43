using System.Diagnostics;

namespace Tracker.Tests.Journal;

/// <summary>D1 and D2 for the journal alone: killed, or cut off from power, at any moment.</summary>
public sealed class JournalCrash : IDisposable
{
    const int Rounds = 6;

    readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_process_is_killed()
    {
        var answered = new List<long>();
        for (var round = 0; round < Rounds; round++)
        {
            using var child = JournalChild.Start(_folder.Path);
            answered.AddRange(await JournalChild.KillAfterAsync(child, Random.Shared.Next(1, 400)));
        }
        var (records, status) = await _folder.ReadAsync();
        Assert.Empty(answered.Except(records.Select(r => r.HitId)));
        Assert.Equal(records.Count, records.DistinctBy(r => r.HitId).Count());
        Assert.Equal(0, status.Damaged);
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_power_is_cut()
    {
        // The shim keeps, in a second folder, only what was synced: what a power cut would leave.
        using var work = new JournalFolder();
        Directory.CreateDirectory(work.Path);
        Directory.CreateDirectory(_folder.Path);
        var shim = Path.Combine(work.Path, "powercut-shim.so");
        using (var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O2", "-o", shim, Path.Combine(SourceFolder(), "powercut-shim.c"), "-ldl"]))
        {
            await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, compiler.ExitCode);
        }
        for (var round = 0; round < Rounds; round++)
        {
            var data = Path.Combine(work.Path, $"data{round}");
            using var child = JournalChild.Start(data, ("LD_PRELOAD", shim), ("SHIM_DIR", data), ("SHIM_SHADOW", _folder.Path));
            var answered = await JournalChild.KillAfterAsync(child, Random.Shared.Next(1, 400));
            var (records, status) = await _folder.ReadAsync();
            Assert.NotEmpty(answered);
            Assert.Empty(answered.Except(records.Select(r => r.HitId)));
            Assert.Equal(0, status.Damaged);
        }
    }

    static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
