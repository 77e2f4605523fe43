using System.Data.Common;
using Dapper;

namespace Tracker.Storage;

/// <summary>One connection, and in a write the transaction on it. Not thread-safe; lives for one piece of work.</summary>
public sealed class Session(DbConnection connection, DbTransaction? transaction, Dialect dialect, CancellationToken ct, Database? database = null, long turn = 0)
{
    /// <summary>Runs of a statement that are sent together.</summary>
    const int EachAtOnce = 500;

    /// <summary>Values in one statement that inserts many rows over a network. PostgreSQL takes 65,535; long statements also cost parsing.</summary>
    const int MaxInsertParameters = 8_000;

    List<Action>? _afterCommit;

    static Session()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new ListParameter<long>());
        SqlMapper.AddTypeHandler(new ListParameter<string>());
    }

    public Dialect Dialect => dialect;

    public CancellationToken Cancellation => ct;

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(Command(sql, parameters))).AsList();

    public Task<T?> FirstAsync<T>(string sql, object? parameters = null) => connection.QueryFirstOrDefaultAsync<T>(Command(sql, parameters));

    public Task<T?> ScalarAsync<T>(string sql, object? parameters = null) => connection.ExecuteScalarAsync<T>(Command(sql, parameters));

    public Task<int> ExecuteAsync(string sql, object? parameters = null) => connection.ExecuteAsync(Command(sql, parameters));

    /// <summary>Reads rows by hand: where they come by the thousand, finding out which column is which property costs more than the query.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, object? parameters, Func<DbDataReader, T> read)
    {
        // Not "await using": Dapper's reader then leaves its command behind, and the collector ends SQLite's statement on a thread of its own while somebody else uses the connection.
        using var reader = await connection.ExecuteReaderAsync(Command(sql, parameters));
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    /// <summary>Runs one statement for each row of values, which it calls <c>@p0</c>, <c>@p1</c> and so on.</summary>
    /// <returns>The first column of what it returns, a whole number, row by row; empty when it returns nothing.</returns>
    public async Task<IReadOnlyList<long>> EachAsync(string sql, IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }
        if (connection is KeptStatements kept)
        {
            return kept.Each(sql, rows);
        }
        var returned = new List<long>();
        foreach (var some in rows.Chunk(EachAtOnce))
        {
            await BatchAsync(sql, some, returned);
        }
        return returned;
    }

    /// <summary>Over a network: many runs in one way there and back.</summary>
    async Task BatchAsync(string sql, object?[][] rows, List<long> returned)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var row in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            for (var i = 0; i < row.Length; i++)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (RowsText.Name(i), row[i] ?? DBNull.Value);
                command.Parameters.Add(parameter);
            }
            batch.BatchCommands.Add(command);
        }
        await using var reader = await batch.ExecuteReaderAsync(ct);
        do
        {
            while (await reader.ReadAsync(ct))
            {
                returned.Add(reader.GetInt64(0));
            }
        }
        while (await reader.NextResultAsync(ct));
    }

    /// <summary>Inserts many rows with few statements.</summary>
    /// <param name="head">Up to and including <c>values</c>.</param>
    /// <param name="tail">What follows the rows, such as <c>on conflict do nothing</c>.</param>
    public async Task InsertAsync(string head, IReadOnlyList<object?[]> rows, string tail = "")
    {
        if (rows.Count > 0 && connection is KeptStatements)
        {
            await EachAsync(string.Concat(head, " ", RowsText.Of(1, rows[0].Length), " ", tail), rows);
            return;
        }
        for (var start = 0; start < rows.Count;)
        {
            var count = Math.Min(rows.Count - start, Math.Max(1, MaxInsertParameters / rows[start].Length));
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = string.Concat(head, " ", RowsText.Of(count, rows[start].Length), " ", tail);
            foreach (var (value, i) in rows.Skip(start).Take(count).SelectMany(r => r).Select((v, i) => (v, i)))
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (RowsText.Name(i), value ?? DBNull.Value);
                command.Parameters.Add(parameter);
            }
            await command.ExecuteNonQueryAsync(ct);
            start += count;
        }
    }

    /// <summary>
    /// In a write, where <see cref="Dialect.ReadsBeside"/>: reads on another connection and thread while the caller goes on here, and beyond this write if it takes longer. What this write
    /// changes is seen only once it is committed.
    /// </summary>
    /// <exception cref="InvalidOperationException">Outside a write.</exception>
    public Task<T> BesideAsync<T>(Func<Session, Task<T>> read)
    {
        var from = database ?? throw new InvalidOperationException("Only a write has something to read beside.");
        return QuietThread.GetAsync("beside", () => from.ReadAsync(read, ct));
    }

    /// <summary>In a write, where <see cref="Dialect.ReadsBeside"/>: where the database stands.</summary>
    public async Task<Stand> StandAsync() => new(turn, await ScalarAsync<long>("pragma data_version"));

    /// <summary>Runs after the commit, and not at all when the transaction rolls back.</summary>
    /// <exception cref="InvalidOperationException">Outside a write.</exception>
    public void AfterCommit(Action action)
    {
        if (transaction is null)
        {
            throw new InvalidOperationException("Only a write commits.");
        }
        (_afterCommit ??= []).Add(action);
    }

    internal void Committed() => _afterCommit?.ForEach(action => action());

    CommandDefinition Command(string sql, object? parameters) => new(sql, parameters, transaction, cancellationToken: ct);
}
