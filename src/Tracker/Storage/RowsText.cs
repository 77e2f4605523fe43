using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Tracker.Storage;

/// <summary>The text <c>(@p0, @p1), (@p2, @p3), …</c>; kept, since a busy projector asks for the same few shapes all day.</summary>
static class RowsText
{
    static readonly ConcurrentDictionary<(int Rows, int Columns), string> Texts = new();
    static readonly ConcurrentDictionary<int, string> Names = new();

    public static string Of(int rows, int columns) => Texts.GetOrAdd((rows, columns), static shape =>
    {
        var text = new StringBuilder();
        for (var row = 0; row < shape.Rows; row++)
        {
            text.Append(row == 0 ? "(" : ", (");
            text.AppendJoin(", ", Enumerable.Range(row * shape.Columns, shape.Columns).Select(Name)).Append(')');
        }
        return text.ToString();
    });

    public static string Name(int index) => Names.GetOrAdd(index, static i => "@p" + i.ToString(CultureInfo.InvariantCulture));
}
