using System.Collections;
using System.Data.Common;
using System.Globalization;
using SQLitePCL;

namespace Tracker.Storage;

/// <summary>The rows of a kept statement, as the provider's own reader gives them. Closing it makes the statement ready for another run.</summary>
sealed class KeptReader : DbDataReader
{
    readonly SqliteStatement _statement;
    bool _isClosed;
    bool _atRow;
    bool _isBefore = true;

    /// <summary>Steps to the first row: an error comes when the command runs.</summary>
    public KeptReader(SqliteStatement statement)
    {
        _statement = statement;
        HasRows = _atRow = statement.Step();
    }

    public override int FieldCount => _statement.Columns.Length;

    public override bool HasRows { get; }

    public override bool IsClosed => _isClosed;

    public override int Depth => 0;

    public override int RecordsAffected => _statement.IsReadOnly ? -1 : _statement.Changes;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool Read()
    {
        if (_isBefore)
        {
            _isBefore = false;
            return _atRow;
        }
        return _atRow = _atRow && _statement.Step();
    }

    /// <summary>A kept statement is a single one. What still runs, an insert that returns something, runs to its end.</summary>
    public override bool NextResult()
    {
        while (_atRow)
        {
            _atRow = _statement.Step();
        }
        return false;
    }

    public override void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _statement.Reset();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
        }
        base.Dispose(disposing);
    }

    public override string GetName(int ordinal) => _statement.Columns[ordinal];

    public override int GetOrdinal(string name)
    {
        var at = Array.IndexOf(_statement.Columns, name);
        return at >= 0 ? at : throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such column.");
    }

    /// <summary>Of the value at hand; of a null what the column's declaration says.</summary>
    public override Type GetFieldType(int ordinal) => (_atRow ? _statement.TypeOf(ordinal) : raw.SQLITE_NULL) switch
    {
        raw.SQLITE_INTEGER => typeof(long),
        raw.SQLITE_FLOAT => typeof(double),
        raw.SQLITE_TEXT => typeof(string),
        raw.SQLITE_BLOB => typeof(byte[]),
        _ => DeclaredType(ordinal),
    };

    // SQLite's rules of affinity (https://sqlite.org/datatype3.html, 3.1).
    Type DeclaredType(int ordinal)
    {
        var declared = (_statement.Declared(ordinal) ?? "").ToUpperInvariant();
        return declared.Contains("INT", StringComparison.Ordinal) ? typeof(long)
            : declared.Length == 0 || declared.Contains("BLOB", StringComparison.Ordinal) ? typeof(byte[])
            : declared.Contains("REAL", StringComparison.Ordinal) || declared.Contains("FLOA", StringComparison.Ordinal) || declared.Contains("DOUB", StringComparison.Ordinal) ? typeof(double)
            : typeof(string);
    }

    public override string GetDataTypeName(int ordinal) => _statement.Declared(ordinal) ?? "";

    public override bool IsDBNull(int ordinal) => _statement.IsNull(ordinal);

    public override object GetValue(int ordinal) => _statement.TypeOf(ordinal) switch
    {
        raw.SQLITE_INTEGER => _statement.Whole(ordinal),
        raw.SQLITE_FLOAT => _statement.Real(ordinal),
        raw.SQLITE_TEXT => _statement.Text(ordinal),
        raw.SQLITE_BLOB => _statement.Bytes(ordinal),
        _ => DBNull.Value,
    };

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, FieldCount);
        for (var i = 0; i < count; i++)
        {
            values[i] = GetValue(i);
        }
        return count;
    }

    public override long GetInt64(int ordinal) => _statement.IsNull(ordinal) ? throw Null(ordinal) : _statement.Whole(ordinal);

    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));

    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));

    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;

    public override double GetDouble(int ordinal) => _statement.IsNull(ordinal) ? throw Null(ordinal) : _statement.Real(ordinal);

    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);

    public override decimal GetDecimal(int ordinal) => decimal.Parse(GetString(ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);

    public override string GetString(int ordinal) => _statement.IsNull(ordinal) ? throw Null(ordinal) : _statement.Text(ordinal);

    InvalidOperationException Null(int ordinal) => new($"{GetName(ordinal)} is null in this row.");

    // Nothing is stored as these.
    public override char GetChar(int ordinal) => throw new NotSupportedException();

    public override DateTime GetDateTime(int ordinal) => throw new NotSupportedException();

    public override Guid GetGuid(int ordinal) => throw new NotSupportedException();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override IEnumerator GetEnumerator() => new DbEnumerator(this);
}
