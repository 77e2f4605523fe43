using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tracker.Storage;

/// <summary>One of SQLite's statements, prepared once and run again and again, by one thread at a time.</summary>
sealed class SqliteStatement : IDisposable
{
    readonly sqlite3 _database;
    readonly sqlite3_stmt _statement;
    readonly nint _handle; // Of _statement, which keeps it alive.
    readonly Dictionary<string, int> _places = [];
    byte[] _buffer = new byte[512];

    SqliteStatement(sqlite3 database, sqlite3_stmt statement)
    {
        (_database, _statement, _handle) = (database, statement, statement.DangerousGetHandle());
        Parameters = raw.sqlite3_bind_parameter_count(statement);
        Columns = [.. Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(c => raw.sqlite3_column_name(statement, c).utf8_to_string())];
        IsReadOnly = raw.sqlite3_stmt_readonly(statement) != 0;
    }

    /// <returns>Null when the text holds more than one statement, or none.</returns>
    public static SqliteStatement? Prepare(SqliteConnection connection, string sql)
    {
        var database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement, out var rest), database);
        if (!statement.IsInvalid && string.IsNullOrWhiteSpace(rest))
        {
            return new(database, statement);
        }
        statement.Dispose();
        return null;
    }

    public int Parameters { get; }

    /// <summary>Their names.</summary>
    public string[] Columns { get; }

    public bool IsReadOnly { get; }

    /// <summary>Rows that the last run changed.</summary>
    public int Changes => raw.sqlite3_changes(_database);

    /// <param name="name">With or without its @.</param>
    /// <returns>Where it is bound, from 1 on; 0 when the statement has no such parameter.</returns>
    public int PlaceOf(string name)
    {
        if (!_places.TryGetValue(name, out var place))
        {
            _places[name] = place = raw.sqlite3_bind_parameter_index(_statement, name.StartsWith('@') ? name : "@" + name);
        }
        return place;
    }

    /// <exception cref="ArgumentException">The value is of no type that is stored.</exception>
    public void Bind(int place, object? value) => Check(value switch
    {
        null or DBNull => SqliteCalls.BindNull(_handle, place),
        long number => SqliteCalls.BindWhole(_handle, place, number),
        int number => SqliteCalls.BindWhole(_handle, place, number),
        short number => SqliteCalls.BindWhole(_handle, place, number),
        byte number => SqliteCalls.BindWhole(_handle, place, number),
        bool truth => SqliteCalls.BindWhole(_handle, place, truth ? 1 : 0),
        double number => SqliteCalls.BindReal(_handle, place, number),
        string text => BindText(place, text),
        // Of an empty array no address can be taken, and SQLite reads none as null.
        byte[] { Length: 0 } bytes => raw.sqlite3_bind_blob(_statement, place, bytes),
        byte[] bytes => SqliteCalls.BindBytes(_handle, place, bytes, bytes.Length, SqliteCalls.Copied),
        _ => throw new ArgumentException($"A {value.GetType().Name} is not stored; only numbers, truth values, texts and bytes are.", nameof(value)),
    });

    int BindText(int place, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_buffer.Length < most)
        {
            _buffer = new byte[most];
        }
        return SqliteCalls.BindText(_handle, place, _buffer, Encoding.UTF8.GetBytes(text, _buffer), SqliteCalls.Copied);
    }

    /// <returns>True when there is a row, false when it has run to its end.</returns>
    public bool Step()
    {
        var state = SqliteCalls.Step(_handle);
        Check(state);
        return state == raw.SQLITE_ROW;
    }

    /// <summary>Ready for another run. What it answers repeats the step's error, which has been thrown by then.</summary>
    public void Reset() => _ = SqliteCalls.Reset(_handle);

    public bool IsNull(int column) => SqliteCalls.ColumnType(_handle, column) == raw.SQLITE_NULL;

    /// <summary>One of SQLite's five types, of the row at hand.</summary>
    public int TypeOf(int column) => SqliteCalls.ColumnType(_handle, column);

    /// <summary>As the table declares it; null for what is computed.</summary>
    public string? Declared(int column) => raw.sqlite3_column_decltype(_statement, column).utf8_to_string();

    public long Whole(int column) => SqliteCalls.ColumnWhole(_handle, column);

    public double Real(int column) => SqliteCalls.ColumnReal(_handle, column);

    // The length is asked for after the text: asking for a text may convert the value.
    public string Text(int column)
    {
        var text = SqliteCalls.ColumnText(_handle, column);
        return text == 0 ? "" : Marshal.PtrToStringUTF8(text, SqliteCalls.ColumnLength(_handle, column));
    }

    public byte[] Bytes(int column)
    {
        var from = SqliteCalls.ColumnBytes(_handle, column);
        var bytes = new byte[SqliteCalls.ColumnLength(_handle, column)];
        if (bytes.Length > 0)
        {
            Marshal.Copy(from, bytes, 0, bytes.Length);
        }
        return bytes;
    }

    void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(result, _database);
        }
    }

    public void Dispose() => _statement.Dispose();
}
