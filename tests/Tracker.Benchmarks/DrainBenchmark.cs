using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tracker.Benchmarks;

/// <summary>Journal to database, with verdict, heat, prompt and feed: the real server, started on a data folder with a backlog.</summary>
static class DrainBenchmark
{
    const long MostBytes = 400L << 20;

    public static Task<IReadOnlyList<Result>> FreshAsync() => RunAsync("drain, fresh", Worlds.Fresh, Worlds.Backlog / 4, 10_000);

    public static Task<IReadOnlyList<Result>> WideAsync() => RunAsync("drain, wide", Worlds.Empty, Worlds.Backlog / 4, 10_000);

    public static Task<IReadOnlyList<Result>> FullAsync() => RunAsync("drain, 10 million", Worlds.Full, Worlds.Backlog, 6_000);

    static async Task<IReadOnlyList<Result>> RunAsync(string name, World world, int count, double atLeast)
    {
        using var folder = await Worlds.CopyAsync(world);
        return [await RunAsync(name, Path.Combine(folder.Path, "data"), world, count, atLeast, MostBytes)];
    }

    public static async Task<Result> RunAsync(string name, string dataFolder, World world, int count, double atLeast, long mostBytes)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        var last = await Backlog.WriteAsync(dataFolder, world, count, startedAt);
        await using var server = await ServerProcess.TrackerAsync(dataFolder);
        await using var reader = new SqliteConnection($"Data Source={Path.Combine(dataFolder, "tracker.db")};Mode=ReadOnly");
        await reader.OpenAsync();
        var before = Checkpoint(reader);
        var knownReasons = Number(reader, "select coalesce(max(id), 0) from reasons");
        long? first = null;
        var (started, peak, rates) = (0L, 0L, new List<double>());
        var (seen, seenAt) = (0L, 0L);
        for (var position = 0L; position < last;)
        {
            await Task.Delay(50);
            position = Checkpoint(reader);
            peak = Math.Max(peak, server.ResidentBytes);
            if (position == before)
            {
                continue;
            }
            // Counted from the first commit that is seen: the start is measured elsewhere.
            if (first is null)
            {
                (first, started) = (position, Stopwatch.GetTimestamp());
                (seen, seenAt) = (position, started);
            }
            else if (Stopwatch.GetElapsedTime(seenAt) > TimeSpan.FromSeconds(1))
            {
                rates.Add((position - seen) / Stopwatch.GetElapsedTime(seenAt).TotalSeconds);
                (seen, seenAt) = (position, Stopwatch.GetTimestamp());
            }
        }
        var perSecond = (last - first!.Value) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        // Stored as the server stores them, a later look at the copy changes none of them; a world that is wrong makes every look change ten.
        var changed = Number(reader, $"select count(*) from hits where at_ms < {startedAt.ToUnixTimeMilliseconds() - count} and reason_id > {knownReasons}");
        return new(name, perSecond, rates.Count == 0 ? 0 : (rates.Max() - rates.Min()) / perSecond, perSecond / atLeast, 1,
            Note: string.Create(
                CultureInfo.InvariantCulture,
                $"at least {atLeast:N0}/s; {count:N0} hits behind {world.Hits:N0}, {changed:N0} of them changed; server CPU {server.CpuTime.TotalMicroseconds / count:0} µs a hit; memory {peak >> 20} of {mostBytes >> 20} MiB"))
        {
            Exceeded = peak > mostBytes,
        };
    }

    static long Checkpoint(SqliteConnection connection) => Number(connection, "select coalesce(max(hit_id), 0) from checkpoints");

    static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
