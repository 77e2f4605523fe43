using System.Security.Cryptography;
using Npgsql;

namespace Tracker.Tests.Support;

/// <summary>Where a test keeps its data: a folder of its own, and on PostgreSQL a database of its own. Gone afterwards.</summary>
public sealed class Engine : IAsyncDisposable
{
    Engine(string connectionString) => ConnectionString = connectionString;

    public string DataFolder { get; } = Directory.CreateTempSubdirectory("tracker-test-").FullName;

    /// <summary>Empty: SQLite in the data folder.</summary>
    public string ConnectionString { get; }

    public static Task<Engine> SqliteAsync() => Task.FromResult(new Engine(""));

    public static async Task<Engine> PostgresAsync()
    {
        var server = Environment.GetEnvironmentVariable("TRACKER_TEST_POSTGRES");
        Assert.SkipWhen(string.IsNullOrEmpty(server), "TRACKER_TEST_POSTGRES names no PostgreSQL; ./test starts one.");
        var name = "t_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        await ExecuteAsync(server!, $"create database {name}");
        return new(new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 20 }.ConnectionString);
    }

    static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (ConnectionString.Length > 0)
        {
            var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
            await ExecuteAsync(Environment.GetEnvironmentVariable("TRACKER_TEST_POSTGRES")!, $"drop database {builder.Database} with (force)");
        }
        Directory.Delete(DataFolder, recursive: true);
    }
}
