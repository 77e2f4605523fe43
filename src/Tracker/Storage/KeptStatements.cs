using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Tracker.Storage;

/// <summary>
/// SQLite's connection for writing, with its statements kept prepared: preparing one costs more than running it, and the provider prepares each command anew. For
/// one piece of work at a time, whose readers are closed before the same statement runs again.
/// </summary>
sealed class KeptStatements(SqliteConnection connection) : DbConnection
{
    /// <summary>The writer's own texts are some fifty; more would be texts put together with values, which do not come again.</summary>
    const int Most = 200;

    readonly Dictionary<string, SqliteCommand> _commands = [];
    readonly Dictionary<string, EachStatement> _each = [];

    [AllowNull]
    public override string ConnectionString { get => connection.ConnectionString; set => throw new NotSupportedException(); }

    public override string Database => connection.Database;

    public override string DataSource => connection.DataSource;

    public override string ServerVersion => connection.ServerVersion;

    public override ConnectionState State => connection.State;

    public override void Open() => connection.Open();

    public override void Close() => connection.Close();

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => connection.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => new Command(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Forget();
            connection.Dispose();
        }
        base.Dispose(disposing);
    }

    void Forget()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
        _commands.Clear();
        foreach (var statement in _each.Values)
        {
            statement.Dispose();
        }
        _each.Clear();
    }

    /// <summary>Runs the statement for each row, inside the transaction that is open on this connection.</summary>
    /// <returns>The first column of what it returns, row by row.</returns>
    public List<long> Each(string sql, IReadOnlyList<object?[]> rows)
    {
        if (!_each.TryGetValue(sql, out var statement))
        {
            if (_each.Count >= Most)
            {
                Forget();
            }
            statement = _each[sql] = new(connection, sql);
        }
        var returned = new List<long>();
        foreach (var row in rows)
        {
            statement.Run(row, returned);
        }
        return returned;
    }

    SqliteCommand Prepared(Command command)
    {
        if (!_commands.TryGetValue(command.CommandText, out var kept))
        {
            if (_commands.Count >= Most)
            {
                Forget();
            }
            kept = connection.CreateCommand();
            kept.CommandText = command.CommandText;
            _commands[command.CommandText] = kept;
        }
        kept.Transaction = (SqliteTransaction?)command.Transaction;
        kept.CommandTimeout = command.CommandTimeout;
        for (var i = 0; i < command.Parameters.Count; i++)
        {
            if (i == kept.Parameters.Count)
            {
                kept.Parameters.Add(new SqliteParameter());
            }
            (kept.Parameters[i].ParameterName, kept.Parameters[i].Value) = (command.Parameters[i].ParameterName, command.Parameters[i].Value);
        }
        while (kept.Parameters.Count > command.Parameters.Count)
        {
            kept.Parameters.RemoveAt(kept.Parameters.Count - 1);
        }
        return kept;
    }

    sealed class Command(KeptStatements owner) : DbCommand
    {
        // Only holds the values until it is known which statement they are for.
        readonly SqliteCommand _values = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; } = owner.CommandTimeout;

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get => owner; set => throw new NotSupportedException(); }

        protected override DbParameterCollection DbParameterCollection => _values.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        public override int ExecuteNonQuery() => owner.Prepared(this).ExecuteNonQuery();

        public override object? ExecuteScalar() => owner.Prepared(this).ExecuteScalar();

        protected override DbParameter CreateDbParameter() => new SqliteParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => owner.Prepared(this).ExecuteReader(behavior & ~CommandBehavior.CloseConnection);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _values.Dispose();
            }
            base.Dispose(disposing);
        }
    }

    int CommandTimeout => connection.DefaultTimeout;
}
