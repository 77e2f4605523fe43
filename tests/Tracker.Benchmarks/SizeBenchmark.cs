using Microsoft.Data.Sqlite;

namespace Tracker.Benchmarks;

/// <summary>What a stored hit takes in SQLite: pages of the hits and of what only they refer to, indexes included.</summary>
static class SizeBenchmark
{
    const double Limit = 110;

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        using var folder = await Worlds.CopyAsync(Worlds.Empty);
        var dataFolder = Path.Combine(folder.Path, "data");
        var file = Path.Combine(dataFolder, "tracker.db");
        var count = Worlds.Backlog / 5;
        // Stored by the server itself, not by the generator.
        await DrainBenchmark.RunAsync("", dataFolder, Worlds.Empty, count, 1, long.MaxValue);
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=False");
        await connection.OpenAsync();
        var stored = Scalar(connection, "select count(*) from hits");
        // The library is built without dbstat; what dropping a table and its indexes sets free are its pages.
        var before = Scalar(connection, "pragma freelist_count");
        foreach (var table in (string[])["held_hits", "hits", "clients", "networks", "reasons"])
        {
            Scalar(connection, $"drop table {table}");
        }
        var bytes = (Scalar(connection, "pragma freelist_count") - before) * Scalar(connection, "pragma page_size");
        var perHit = (double)bytes / stored;
        return [new("bytes a hit", stored, 0, Limit / perHit, 1, Note: $"{perHit:0.0} bytes, at most {Limit}; {stored:N0} hits as the server stored them")];
    }

    static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }
}
