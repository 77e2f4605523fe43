using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Tracker.Storage;

/// <summary>The one seam to storage: the base library's data source, and a dialect for what differs.</summary>
public sealed class Database : IAsyncDisposable
{
    readonly DbDataSource _source;
    readonly SemaphoreSlim _writer = new(1);

    /// <param name="connectionString">Empty: SQLite in the data folder. Otherwise PostgreSQL.</param>
    public Database(string connectionString, string dataFolder)
    {
        Dialect = connectionString.Length == 0 ? Dialect.Sqlite : Dialect.Postgres;
        SqliteFile = connectionString.Length == 0 ? Path.Combine(dataFolder, "tracker.db") : null;
        _source = Dialect.Open(SqliteFile is null ? connectionString : new SqliteConnectionStringBuilder
        {
            DataSource = SqliteFile,
            ForeignKeys = true,
            // Seconds to wait for another process's write, such as a command beside the server.
            DefaultTimeout = 30,
        }.ConnectionString);
    }

    public Dialect Dialect { get; }

    /// <summary>Null with PostgreSQL.</summary>
    public string? SqliteFile { get; }

    /// <summary>True once the schema is known to be the one this program needs; before that the API answers 503.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Why it is not ready, when that is known.</summary>
    public string? Problem { get; private set; }

    public void MarkReady() => (IsReady, Problem) = (true, null);

    public void MarkFailing(string problem) => Problem = problem;

    public async Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        return await work(new(connection, null, Dialect, ct));
    }

    public Task ReadAsync(Func<Session, Task> work, CancellationToken ct) => ReadAsync(async session =>
    {
        await work(session);
        return 0;
    }, ct);

    /// <summary>Runs the work in a transaction that is the only write of its time, commits it, and then what asked to run after the commit.</summary>
    public async Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        await _writer.WaitAsync(ct);
        try
        {
            await using var connection = await _source.OpenConnectionAsync(ct);
            await using var transaction = await Dialect.BeginWriteAsync(connection, ct);
            var session = new Session(connection, transaction, Dialect, ct);
            var result = await work(session);
            await transaction.CommitAsync(CancellationToken.None);
            session.Committed();
            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    public Task WriteAsync(Func<Session, Task> work, CancellationToken ct) => WriteAsync(async session =>
    {
        await work(session);
        return 0;
    }, ct);

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _writer.Dispose();
        if (SqliteFile is not null)
        {
            // Returns the pooled handles, so that the last one closes the write-ahead log.
            SqliteConnection.ClearAllPools();
        }
    }
}
