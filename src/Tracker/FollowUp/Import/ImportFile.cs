using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Tracker.FollowUp.Import;

/// <summary>Reads a CSV file as spreadsheets write it: comma or semicolon, quotes, any line end; column names in any case.</summary>
public static class ImportFile
{
    /// <summary>More errors than this help nobody.</summary>
    const int MostErrors = 200;

    public static (IReadOnlyList<ImportRow> Rows, List<ImportError> Errors) Read(TextReader text)
    {
        var (rows, errors) = (new List<ImportRow>(), new List<ImportError>());
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true, DetectDelimiterValues = [",", ";", "\t"], TrimOptions = TrimOptions.Trim, MissingFieldFound = null,
            BadDataFound = bad => errors.Add(new(bad.Context?.Parser?.RawRow ?? 0, null, "a quote stands where none belongs")),
        };
        using var csv = new CsvReader(text, configuration);
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header)
        {
            return (rows, [new(1, null, "the file is empty; its first line names the columns")]);
        }
        var columns = Columns(header, errors);
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        while (errors.Count < MostErrors && csv.Read())
        {
            var row = csv.Parser.RawRow;
            if (ImportRow.Of(row, name => columns.TryGetValue(name, out var i) ? Plain(csv.GetField(i) ?? "") : "", errors) is not { } read)
            {
                continue;
            }
            if (!seen.TryAdd(read.Facts.Email, row))
            {
                errors.Add(new(row, "email", $"'{read.Facts.Email}' is in row {seen[read.Facts.Email]} already"));
            }
            rows.Add(read);
        }
        return (rows, errors);
    }

    static Dictionary<string, int> Columns(string[] header, List<ImportError> errors)
    {
        var columns = new Dictionary<string, int>();
        for (var i = 0; i < header.Length; i++)
        {
            var name = header[i].Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).TrimStart('\ufeff');
            if (ImportRow.Columns.FirstOrDefault(c => c.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } known)
            {
                errors.Add(new(1, header[i].Length > 60 ? header[i][..60] : header[i], $"is no column; there are: {string.Join(", ", ImportRow.Columns)}"));
            }
            else if (!columns.TryAdd(known, i))
            {
                errors.Add(new(1, known, "is there twice"));
            }
        }
        if (!columns.ContainsKey("email"))
        {
            errors.Add(new(1, "email", "is missing; it is the one column that is needed"));
        }
        return columns;
    }

    // What the export put in front of a formula character, for spreadsheets.
    static string Plain(string cell) => cell.Length > 1 && cell[0] == '\'' && ExportFile.StartsFormula(cell[1]) ? cell[1..] : cell;
}
