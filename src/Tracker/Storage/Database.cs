using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Tracker.Storage;

/// <summary>The one seam to storage: the base library's data source, and a dialect for what differs.</summary>
public sealed class Database : IAsyncDisposable
{
    readonly DbDataSource _source;
    readonly DbDataSource _first; // May make the file; on PostgreSQL the same.
    readonly DatabaseFile? _file; // Null with PostgreSQL.
    readonly SemaphoreSlim _writer = new(1);
    DbConnection? _keptWriter; // Used by whoever holds the writer's turn, as is the next.
    long _turn; // Goes on with every write, and with every other connection that becomes the one that writes.
    volatile bool _isUnused;
    volatile bool _isDamaged;

    /// <param name="connectionString">Empty: SQLite in the data folder. Otherwise PostgreSQL.</param>
    public Database(string connectionString, string dataFolder)
    {
        Dialect = connectionString.Length == 0 ? Dialect.Sqlite : Dialect.Postgres;
        _file = connectionString.Length == 0 ? new(dataFolder) : null;
        _source = Dialect.Open(_file?.ConnectionString(SqliteOpenMode.ReadWrite) ?? connectionString);
        _first = _file is null ? _source : Dialect.Open(_file.ConnectionString(SqliteOpenMode.ReadWriteCreate));
    }

    public Dialect Dialect { get; }

    /// <summary>Null with PostgreSQL.</summary>
    public string? SqliteFile => _file?.Path;

    /// <summary>True once the schema is known to be the one this program needs; before that the API answers 503.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Why it is not ready, when that is known.</summary>
    public string? Problem { get; private set; }

    public void MarkReady()
    {
        _file?.Remember();
        (Problem, IsReady) = (null, true);
    }

    public void MarkFailing(string problem) => Problem = problem;

    /// <summary>Damage was found, and nobody uses the file any more.</summary>
    public bool IsDamaged => _isDamaged;

    /// <summary>Ends all use of it: what is written to a damaged file makes the damage worse. Only another file and a restart help.</summary>
    public void MarkDamaged(string problem) => (IsReady, Problem, _isDamaged) = (false, problem, true);

    /// <summary>Nobody opens it: its schema may be one that this program must not touch.</summary>
    public void MarkUnused(string problem) => (Problem, _isUnused) = (problem, true);

    /// <summary>Size of SQLite's write-ahead log, what is not in use included; 0 with PostgreSQL.</summary>
    public long WalBytes => Wal.Bytes;

    /// <summary>The same, and when it was last written to.</summary>
    public (long Bytes, DateTime WrittenAt) Wal => _file?.Wal ?? default;

    public async Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
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
        DbConnection? connection = null;
        var isDone = false;
        try
        {
            connection = await OpenWriterAsync(ct);
            await using var transaction = await Dialect.BeginWriteAsync(connection, ct);
            var session = new Session(connection, transaction, Dialect, ct, this, ++_turn);
            var result = await work(session);
            _file?.ThrowIfMoved();
            await transaction.CommitAsync(CancellationToken.None);
            isDone = true;
            session.Committed();
            return result;
        }
        finally
        {
            // A connection on which something failed is not used again: what is wrong with it may be why.
            await CloseWriterAsync(connection, keep: isDone);
            _writer.Release();
        }
    }

    async Task<DbConnection> OpenWriterAsync(CancellationToken ct)
    {
        if (_keptWriter is { } kept && !_isDamaged)
        {
            _keptWriter = null;
            return kept;
        }
        _turn++;
        var connection = await OpenAsync(ct);
        return await Dialect.PrepareWriterAsync(connection, ct);
    }

    async ValueTask CloseWriterAsync(DbConnection? connection, bool keep)
    {
        if (keep && connection is KeptStatements)
        {
            _keptWriter = connection;
        }
        else if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    public Task WriteAsync(Func<Session, Task> work, CancellationToken ct) => WriteAsync(async session =>
    {
        await work(session);
        return 0;
    }, ct);

    /// <summary>Does something with the connection that writes, between two writes of this process and outside any transaction.</summary>
    public async Task<T> BetweenWritesAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        await _writer.WaitAsync(ct);
        DbConnection? connection = null;
        var isDone = false;
        try
        {
            connection = await OpenWriterAsync(ct);
            var result = await work(new(connection, null, Dialect, ct));
            isDone = true;
            return result;
        }
        finally
        {
            await CloseWriterAsync(connection, keep: isDone);
            _writer.Release();
        }
    }

    /// <inheritdoc cref="DatabaseFile.ThrowIfGone"/>
    public void ThrowIfGone() => _file?.ThrowIfGone();

    /// <inheritdoc cref="DatabaseFile.ThrowIfEmptied"/>
    public void ThrowIfEmptied() => _file?.ThrowIfEmptied();

    async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        if (_isDamaged)
        {
            throw new DamagedDatabaseException(Problem!);
        }
        if (_isUnused)
        {
            throw new UnusedDatabaseException(Problem!);
        }
        // Once there is a schema, a file that is gone is not made anew: an empty one would stand in the way of the one that is put back.
        var connection = await (_file is { IsKnown: true } ? _source : _first).OpenConnectionAsync(ct);
        await Dialect.PrepareAsync(connection, ct);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseWriterAsync(Interlocked.Exchange(ref _keptWriter, null), keep: false);
        await _source.DisposeAsync();
        await _first.DisposeAsync();
        _writer.Dispose();
        if (_file is not null)
        {
            // Returns the pooled handles, so that the last one closes the write-ahead log.
            SqliteConnection.ClearAllPools();
        }
    }
}
