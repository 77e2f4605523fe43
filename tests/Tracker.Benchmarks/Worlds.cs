using Tracker.Access;
using Tracker.Storage;

namespace Tracker.Benchmarks;

/// <summary>Worlds are made once for each schema and kept in the system's temporary folder; each benchmark works on a copy.</summary>
static class Worlds
{
    /// <summary>Set by --small: everything a hundredth of the size, for trying out. Its figures mean nothing.</summary>
    public static bool Small { get; set; }

    static int Scale => Small ? 100 : 1;

    /// <summary>What a team begins with: each of its copies is looked at a few times.</summary>
    public static World Fresh => new(5_000 / Scale, 0);

    /// <summary>As many prospects and copies as <see cref="Full"/>, of which nobody has looked at any.</summary>
    public static World Empty => new(100_000 / Scale, 0);

    public static World Full => new(100_000 / Scale, 10_000_000 / Scale);

    public static int Backlog => 1_000_000 / Scale;

    /// <returns>A folder with the world's database in <c>data</c>.</returns>
    public static async Task<TemporaryFolder> CopyAsync(World world)
    {
        var schema = typeof(Database).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("migrations/", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        var kept = Path.Combine(Path.GetTempPath(), $"tracker-benchmark-world-{world.Prospects}-{world.Hits}-{Path.GetFileName(schema)[..4]}");
        if (!Directory.Exists(kept))
        {
            Console.Error.WriteLine($"  making a database of {world.Hits:N0} hits in {kept}…");
            await world.CreateAsync(kept + ".new", TimeProvider.System.GetUtcNow());
            Directory.Move(kept + ".new", kept);
        }
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        var copy = Path.Combine(folder.Path, "data", "tracker.db");
        File.Copy(Path.Combine(kept, "tracker.db"), copy);
        // Otherwise the system writes a gigabyte to the disk while the benchmark waits for its own syncs.
        using var file = File.OpenHandle(copy, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
        return folder;
    }

    /// <returns>A key that may send and read everything.</returns>
    public static async Task<string> KeyAsync(string dataFolder)
    {
        await using var database = new Database("", dataFolder);
        return await database.WriteAsync(s => ApiKeys.CreateAsync(s, "benchmark", [Scopes.Send, Scopes.Read], null, TimeProvider.System.GetUtcNow()), CancellationToken.None);
    }
}
