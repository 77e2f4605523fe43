using System.Data;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Tracker.Storage;

/// <summary>
/// A list as one parameter, see <see cref="Dialect.In"/>: an array on PostgreSQL, JSON on SQLite. One value each would make a text of its own for every length, and
/// SQLite looks each of a thousand names up among the thousand.
/// </summary>
sealed class ListParameter<T> : SqlMapper.TypeHandler<T[]>
{
    public override void SetValue(IDbDataParameter parameter, T[]? value) => parameter.Value = parameter is SqliteParameter ? JsonSerializer.Serialize(value) : value;

    public override T[] Parse(object value) => throw new NotSupportedException("Lists are parameters only.");
}
