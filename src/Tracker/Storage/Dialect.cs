using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Tracker.Storage;

/// <summary>Where the two engines differ. Everything else is the same SQL.</summary>
public abstract class Dialect
{
    public static readonly Dialect Sqlite = new SqliteDialect();
    public static readonly Dialect Postgres = new PostgresDialect();

    /// <summary>As in the names of migration files.</summary>
    public abstract string Name { get; }

    public abstract DbDataSource Open(string connectionString);

    /// <summary>What every connection needs before it is used.</summary>
    public virtual Task PrepareAsync(DbConnection connection, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Makes a connection the one that all writes use, one after the other. PostgreSQL keeps to the pool.</summary>
    public virtual Task<DbConnection> PrepareWriterAsync(DbConnection connection, CancellationToken ct) => Task.FromResult(connection);

    /// <summary>
    /// Begins a transaction that no other writer runs beside, in this process or another. Writers take turns on both engines: it is what SQLite can do
    /// anyway, and on PostgreSQL it makes feed ids appear in the order of their commits, so that a reader who has seen id 7 can never miss a late 6.
    /// </summary>
    public abstract Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken ct);

    /// <summary>True when the database could not be reached or is busy, so that the same call may succeed later.</summary>
    public abstract bool IsUnavailable(DbException error);

    /// <summary>True when the statement's own values are what is wrong, so that repeating it can never succeed.</summary>
    public abstract bool IsBadData(DbException error);

    /// <summary>True when the engine found its file damaged, which no repetition mends.</summary>
    public virtual bool IsDamage(DbException error) => false;

    /// <summary>
    /// Whether a write may read on a second connection beside its own. Not over a network: there a pool may have one connection only, and the write would wait for itself.
    /// </summary>
    public virtual bool ReadsBeside => false;

    public abstract string TableExists { get; }

    /// <summary>A condition that the column is one of the values of an array parameter.</summary>
    /// <param name="parameter">With its @.</param>
    public abstract string In(string column, string parameter);

    sealed class SqliteDialect : Dialect
    {
        const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CantOpen = 14, TooBig = 18, Constraint = 19, Mismatch = 20, NotADatabase = 26;

        public override string Name => "sqlite";

        public override bool ReadsBeside => true;

        public override string TableExists => "select count(*) from sqlite_master where type = 'table' and name = @name";

        // See ListParameter.
        public override string In(string column, string parameter) => $"{column} in (select value from json_each({parameter}))";

        public override DbDataSource Open(string connectionString) => SqliteFactory.Instance.CreateDataSource(connectionString);

        // A checkpoint inside a commit keeps its writer waiting, so WalCheckpoints does it beside them. This is the backstop where no server runs, such as
        // under a long rebuild: 256 MiB in pages of 4 KiB.
        public override async Task PrepareAsync(DbConnection connection, CancellationToken ct)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "pragma wal_autocheckpoint = 65536";
            await command.ExecuteNonQueryAsync(ct);
        }

        // The cache: 64 MiB, so that the upper levels of the large trees and the rows of a busy day are read from the file once.
        public override async Task<DbConnection> PrepareWriterAsync(DbConnection connection, CancellationToken ct)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"pragma cache_size = -65536; pragma journal_size_limit = {WalCheckpoints.LongestKept}";
            await command.ExecuteNonQueryAsync(ct);
            return new KeptStatements((SqliteConnection)connection);
        }

        // Immediate, which is this provider's default: a transaction that reads first and then wants to write can fail with BUSY at once.
        public override async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken ct) =>
            await connection.BeginTransactionAsync(ct);

        public override bool IsUnavailable(DbException error) =>
            error is DamagedDatabaseException or MissingDatabaseException or SqliteException { SqliteErrorCode: Busy or Locked or ReadOnly or IoError or Corrupt or Full or CantOpen or NotADatabase };

        public override bool IsBadData(DbException error) => error is SqliteException { SqliteErrorCode: TooBig or Constraint or Mismatch };

        public override bool IsDamage(DbException error) => error is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };
    }

    sealed class PostgresDialect : Dialect
    {
        // Any constant does, as long as every Tracker uses the same; these are the letters "tracker".
        const long WriterLock = 0x74_72_61_63_6b_65_72;

        public override string Name => "postgres";

        public override string TableExists => "select count(*) from information_schema.tables where table_schema = current_schema() and table_name = @name";

        public override string In(string column, string parameter) => $"{column} = any({parameter})";

        public override DbDataSource Open(string connectionString) => NpgsqlDataSource.Create(connectionString);

        public override async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken ct)
        {
            var transaction = await connection.BeginTransactionAsync(ct);
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"select pg_advisory_xact_lock({WriterLock})";
            await command.ExecuteNonQueryAsync(ct);
            return transaction;
        }

        public override bool IsUnavailable(DbException error) => error is PostgresException postgres
            // Npgsql does not count an operator's doing as transient: shut down, cancelled, terminated (class 57), switched to read-only (25006),
            // not there under this name at the moment (3D000). Left out, a hit in flight would be taken for a bad one.
            ? postgres.IsTransient || postgres.SqlState.StartsWith("57", StringComparison.Ordinal) || postgres.SqlState is "25006" or "3D000"
            : error is NpgsqlException;

        // Class 22: data exception; class 23: integrity constraint violation.
        public override bool IsBadData(DbException error) =>
            error is PostgresException postgres && (postgres.SqlState.StartsWith("22", StringComparison.Ordinal) || postgres.SqlState.StartsWith("23", StringComparison.Ordinal));
    }
}
