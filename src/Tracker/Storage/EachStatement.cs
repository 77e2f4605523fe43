using System.Globalization;

namespace Tracker.Storage;

/// <summary>A statement that is run for row after row, whose values <c>@p0</c>, <c>@p1</c>… are bound by their place in the row.</summary>
sealed class EachStatement(SqliteStatement statement)
{
    /// <summary>Which of SQLite's parameters they are: it numbers them as they first come in the text.</summary>
    readonly int[] _places = [.. Enumerable.Range(0, statement.Parameters).Select(i => statement.PlaceOf("@p" + i.ToString(CultureInfo.InvariantCulture)))];

    /// <param name="returned">Takes the first column of what the statement returns, if it does.</param>
    public void Run(object?[] row, List<long> returned)
    {
        for (var i = 0; i < _places.Length; i++)
        {
            statement.Bind(_places[i], row[i]);
        }
        try
        {
            while (statement.Step())
            {
                returned.Add(statement.Whole(0));
            }
        }
        finally
        {
            statement.Reset();
        }
    }
}
