using System.Diagnostics;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>
/// D2: the power is cut under load. After it there is what was synced; and in every second round a random part of what was written and not synced as
/// well: the beginning of what was appended, and any of the changed blocks of the database's files, in no order.
/// </summary>
public sealed class PowerCut : CommandTests
{
    const int Block = 4096;

    string At(string name) => Path.Combine(Folder, name);

    async Task<string> ShimAsync()
    {
        var shim = At("powercut-shim.so");
        using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O2", "-o", shim, Path.Combine(SourceFolder(), "powercut-shim.c"), "-ldl"]);
        await compiler.WaitForExitAsync(Ct);
        Assert.Equal(0, compiler.ExitCode);
        return shim;
    }

    static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [Fact]
    public async Task Nothing_answered_is_lost_when_the_power_is_cut()
    {
        var shim = await ShimAsync();
        using var campaign = new Campaign(At("data"));
        await campaign.PrepareAsync();
        var rounds = Rounds.Of(4, 50);
        for (var round = 0; round < rounds; round++)
        {
            CopyTree(At("data"), At("shadow"));
            var (server, address) = await TrackerProcess.ServeAsync(
                Folder, [], [("LD_PRELOAD", shim), ("SHIM_DIR", At("data")), ("SHIM_SHADOW", At("shadow"))], [.. campaign.Settings, "--Tracker:Journal:SegmentMegabytes=1"]);
            await using (server)
            {
                var until = campaign.Answered + Random.Shared.Next(50, 600);
                var load = campaign.LoadAsync(address, 8, Ct, goes: true);
                await Until.TrueAsync(() => campaign.Answered >= until || load.IsCompleted, "the load runs");
                server.Process.Kill();
                await server.Process.WaitForExitAsync(Ct);
                await load;
            }
            if (round % 2 == 1)
            {
                foreach (var written in Directory.GetFiles(At("data"), "*", SearchOption.AllDirectories))
                {
                    Blend(written, Path.Combine(At("shadow"), Path.GetRelativePath(At("data"), written)));
                }
            }
            foreach (var waiting in Directory.GetFiles(At("shadow"), "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".unnamed", StringComparison.Ordinal) || f.EndsWith(".copying", StringComparison.Ordinal)))
            {
                File.Delete(waiting);
            }
            Directory.Delete(At("data"), recursive: true);
            Directory.Move(At("shadow"), At("data"));
        }
        var (after, _) = await TrackerProcess.ServeAsync(Folder, campaign.Settings);
        await using (after)
        {
            await campaign.AllThereAsync();
        }
        Campaign.Say($"D2: {rounds} power cuts (half with whole loss, half with random parts), {campaign.Answered} requests answered, 0 lost, 0 doubled, no file damaged");
    }

    /// <summary>Adds to what was synced some of what was only written.</summary>
    static void Blend(string written, string synced)
    {
        if (!File.Exists(synced))
        {
            return; // Its name was never synced.
        }
        var (now, then) = (File.ReadAllBytes(written), File.ReadAllBytes(synced));
        if (Path.GetExtension(written) == ".journal")
        {
            // A prefix, and then perhaps a page that got there before its neighbours.
            if (now.Length > then.Length)
            {
                File.WriteAllBytes(synced, now[..Random.Shared.Next(then.Length, now.Length + 1)]);
            }
            return;
        }
        if (!Path.GetFileName(written).StartsWith("tracker.db", StringComparison.Ordinal) || written.EndsWith("-shm", StringComparison.Ordinal))
        {
            return;
        }
        var blended = new byte[Random.Shared.Next(Math.Min(now.Length, then.Length), Math.Max(now.Length, then.Length) + 1)];
        for (var at = 0; at < blended.Length; at += Block)
        {
            var from = Random.Shared.Next(2) == 0 && at < now.Length ? now : then;
            var length = Math.Min(Math.Min(Block, blended.Length - at), Math.Max(0, from.Length - at));
            from.AsSpan(Math.Min(at, from.Length), length).CopyTo(blended.AsSpan(at));
        }
        File.WriteAllBytes(synced, blended);
    }

    internal static void CopyTree(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
