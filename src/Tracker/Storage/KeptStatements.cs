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

    readonly Dictionary<string, SqliteStatement?> _statements = []; // Null: not one statement.
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
        foreach (var statement in _statements.Values)
        {
            statement?.Dispose();
        }
        _statements.Clear();
        _each.Clear();
    }

    /// <summary>Runs the statement for each row, inside the transaction that is open on this connection.</summary>
    /// <returns>The first column of what it returns, row by row.</returns>
    public List<long> Each(string sql, IReadOnlyList<object?[]> rows)
    {
        if (!_each.TryGetValue(sql, out var statement))
        {
            var kept = Kept(sql) ?? throw new ArgumentException("Only one statement can be run for each row.", nameof(sql));
            statement = _each[sql] = new(kept);
        }
        var returned = new List<long>();
        foreach (var row in rows)
        {
            statement.Run(row, returned);
        }
        return returned;
    }

    SqliteStatement? Kept(string sql)
    {
        if (!_statements.TryGetValue(sql, out var kept))
        {
            if (_statements.Count >= Most)
            {
                Forget();
            }
            _statements[sql] = kept = SqliteStatement.Prepare(connection, sql);
        }
        return kept;
    }

    SqliteStatement? Bound(Command command)
    {
        if (Kept(command.CommandText) is not { } statement)
        {
            return null;
        }
        var bound = 0;
        foreach (DbParameter parameter in command.Parameters)
        {
            if (statement.PlaceOf(parameter.ParameterName) is > 0 and var place)
            {
                statement.Bind(place, parameter.Value);
                bound++;
            }
        }
        // Otherwise it would run with what the run before left.
        return bound == statement.Parameters ? statement : throw new InvalidOperationException($"{statement.Parameters - bound} of the parameters have no value: {command.CommandText}");
    }

    KeptReader Run(Command command) => Started(Bound(command) ?? throw new NotSupportedException($"A text of several statements gives no rows: {command.CommandText}"));

    /// <summary>A script, such as a migration: the provider runs one statement after the other.</summary>
    int RunScript(Command command)
    {
        using var script = connection.CreateCommand();
        (script.CommandText, script.Transaction, script.CommandTimeout) = (command.CommandText, (SqliteTransaction?)command.Transaction, command.CommandTimeout);
        foreach (DbParameter parameter in command.Parameters)
        {
            script.Parameters.AddWithValue(parameter.ParameterName, parameter.Value);
        }
        return script.ExecuteNonQuery();
    }

    static KeptReader Started(SqliteStatement statement)
    {
        try
        {
            return new(statement);
        }
        catch
        {
            statement.Reset();
            throw;
        }
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

        public override int ExecuteNonQuery()
        {
            if (owner.Kept(CommandText) is null)
            {
                return owner.RunScript(this);
            }
            using var reader = ExecuteDbDataReader(CommandBehavior.Default);
            reader.NextResult();
            return reader.RecordsAffected;
        }

        public override object? ExecuteScalar()
        {
            using var reader = ExecuteDbDataReader(CommandBehavior.Default);
            var value = reader.Read() ? reader.GetValue(0) : null;
            reader.NextResult();
            return value;
        }

        protected override DbParameter CreateDbParameter() => new SqliteParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => owner.Run(this);

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
