using System.Data.Common;

namespace Tracker.Storage;

/// <summary>Columns that may be null, for rows that are read by hand.</summary>
static class ReaderColumns
{
    public static long? Whole(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
