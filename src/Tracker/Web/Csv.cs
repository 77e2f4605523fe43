using System.Text;

namespace Tracker.Web;

/// <summary>Comma-separated values (RFC 4180) that a spreadsheet takes for text and never for a formula.</summary>
public static class Csv
{
    public const string MediaType = "text/csv; charset=utf-8";

    /// <param name="rows">The first one are the titles.</param>
    public static string Of(IEnumerable<IEnumerable<string?>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendJoin(',', row.Select(Cell)).Append("\r\n");
        }
        return text.ToString();
    }

    // ASVS 5.0, 1.2.10: what begins with one of these would be run by a spreadsheet; an apostrophe before it keeps it a text.
    static string Cell(string? value) => value is null or "" ? ""
        : '"' + (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\0' && !double.TryParse(value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _) ? "'" : "")
              + value.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
