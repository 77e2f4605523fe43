using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tracker.Storage;

/// <summary>
/// One of SQLite's statements, run for row after row. Values are bound by their place and the statement is stepped directly: the provider's command looks every
/// parameter up by its name and makes a reader for every run, which takes longer than the run.
/// </summary>
sealed class EachStatement : IDisposable
{
    readonly sqlite3 _database;
    readonly sqlite3_stmt _statement;

    /// <summary>Which of SQLite's parameters <c>@p0</c>, <c>@p1</c>… are: it numbers them as they first come in the text.</summary>
    readonly int[] _places;

    byte[] _buffer = new byte[512];

    public EachStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _places = [.. Enumerable.Range(0, raw.sqlite3_bind_parameter_count(_statement)).Select(i => raw.sqlite3_bind_parameter_index(_statement, "@p" + i.ToString(CultureInfo.InvariantCulture)))];
    }

    /// <param name="returned">Takes the first column of what the statement returns, if it does.</param>
    public void Run(object?[] row, List<long> returned)
    {
        for (var i = 0; i < _places.Length; i++)
        {
            Check(Bind(_places[i], row[i]));
        }
        try
        {
            int state;
            while ((state = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW)
            {
                returned.Add(raw.sqlite3_column_int64(_statement, 0));
            }
            Check(state);
        }
        finally
        {
            // Its answer repeats the step's error, which has been thrown by then.
            _ = raw.sqlite3_reset(_statement);
        }
    }

    int Bind(int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, place),
        long number => raw.sqlite3_bind_int64(_statement, place, number),
        int number => raw.sqlite3_bind_int64(_statement, place, number),
        double number => raw.sqlite3_bind_double(_statement, place, number),
        string text => BindText(place, text),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, place, bytes),
        _ => throw new ArgumentException($"A {value.GetType().Name} is not stored; only numbers, texts and bytes are.", nameof(value)),
    };

    int BindText(int place, string text)
    {
        // Of an empty span no address can be taken, and SQLite reads none as null.
        if (text.Length == 0)
        {
            return raw.sqlite3_bind_text(_statement, place, text);
        }
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_buffer.Length < most)
        {
            _buffer = new byte[most];
        }
        return raw.sqlite3_bind_text(_statement, place, _buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, _buffer)));
    }

    void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);

    public void Dispose() => _statement.Dispose();
}
