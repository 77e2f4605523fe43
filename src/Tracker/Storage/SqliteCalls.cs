using System.Runtime.InteropServices;

namespace Tracker.Storage;

/// <summary>
/// SQLite's functions for values, of which a batch needs a million. The provider's wrapper keeps the statement's handle alive anew for each, with two interlocked
/// operations, and tells the collector that the thread is away; both cost more than the call. What takes nanoseconds and calls nothing back needs neither: whoever calls holds the handle.
/// The names are SQLite's (https://sqlite.org/c3ref/funclist.html).
/// </summary>
static class SqliteCalls
{
    // As the provider's bundle names it.
    const string Library = "e_sqlite3";

    /// <summary>SQLITE_TRANSIENT: SQLite copies the value before the call returns.</summary>
    public const nint Copied = -1;

    [DllImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    public static extern int BindNull(nint statement, int place);

    [DllImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    public static extern int BindWhole(nint statement, int place, long value);

    [DllImport(Library, EntryPoint = "sqlite3_bind_double"), SuppressGCTransition]
    public static extern int BindReal(nint statement, int place, double value);

    [DllImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static extern int BindText(nint statement, int place, byte[] utf8, int length, nint destructor);

    [DllImport(Library, EntryPoint = "sqlite3_bind_blob")]
    public static extern int BindBytes(nint statement, int place, byte[] bytes, int length, nint destructor);

    [DllImport(Library, EntryPoint = "sqlite3_step")]
    public static extern int Step(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_reset")]
    public static extern int Reset(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    public static extern int ColumnType(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    public static extern long ColumnWhole(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_double"), SuppressGCTransition]
    public static extern double ColumnReal(nint statement, int column);

    /// <returns>UTF-8, valid until the next step.</returns>
    [DllImport(Library, EntryPoint = "sqlite3_column_text"), SuppressGCTransition]
    public static extern nint ColumnText(nint statement, int column);

    /// <returns>Valid until the next step.</returns>
    [DllImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition]
    public static extern nint ColumnBytes(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition]
    public static extern int ColumnLength(nint statement, int column);
}
