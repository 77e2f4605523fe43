using System.Data.Common;
using Dapper;

namespace Tracker.Storage;

/// <summary>One connection, and in a write the transaction on it. Not thread-safe; lives for one piece of work.</summary>
public sealed class Session(DbConnection connection, DbTransaction? transaction, Dialect dialect, CancellationToken ct)
{
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

    /// <summary>Inserts many rows with few statements.</summary>
    /// <param name="head">Up to and including <c>values</c>.</param>
    /// <param name="tail">What follows the rows, such as <c>on conflict do nothing</c>.</param>
    public async Task InsertAsync(string head, IReadOnlyList<object?[]> rows, string tail = "")
    {
        for (var start = 0; start < rows.Count;)
        {
            var count = Math.Min(rows.Count - start, Math.Max(1, Dialect.MaxInsertParameters / rows[start].Length));
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = string.Concat(head, " ", RowsText.Of(count, rows[start].Length), " ", tail);
            var index = 0;
            for (var r = start; r < start + count; r++)
            {
                foreach (var value in rows[r])
                {
                    var parameter = command.CreateParameter();
                    parameter.ParameterName = RowsText.Name(index++);
                    parameter.Value = value ?? DBNull.Value;
                    command.Parameters.Add(parameter);
                }
            }
            await command.ExecuteNonQueryAsync(ct);
            start += count;
        }
    }

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
