using System.Globalization;
using System.Text;

namespace Tracker.Benchmarks;

/// <summary>One line of the table.</summary>
/// <param name="PerSecond">Median of the runs.</param>
/// <param name="Spread">(highest - lowest) / median of what is compared: of the ratio where there is one, else of the runs.</param>
/// <param name="Ratio">Median of the ratios to the yardstick run just before; null for a yardstick.</param>
/// <param name="Limit">The ratio must be at least this; null when nothing is asked.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="P99Limit">The p99 must be at most this; null when nothing is asked.</param>
sealed record Result(
    string Name, double PerSecond, double Spread, double? Ratio = null, double? Limit = null,
    double? P50 = null, double? P99 = null, double? P99Limit = null, string Note = "")
{
    /// <summary>A limit that has no column of its own is missed; the note says which.</summary>
    public bool Exceeded { get; init; }

    public bool IsMissed => Exceeded || Ratio < Limit || P99 > P99Limit;

    public string Verdict => Limit is null && P99Limit is null ? "" : IsMissed ? "MISSED" : "ok";
}

static class Table
{
    static readonly string[] Titles = ["name", "per second", "of bare", "at least", "spread", "p50 ms", "p99 ms", "at most", "verdict", "note"];

    /// <summary>A Markdown table, so that it can be pasted into docs/performance.md.</summary>
    public static string Of(IEnumerable<Result> results)
    {
        string[][] rows = [Titles, .. results.Select(Row)];
        var widths = Enumerable.Range(0, Titles.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var (row, i) in rows.Select((r, i) => (r, i)))
        {
            text.AppendLine("| " + string.Join(" | ", row.Select((cell, c) => c is 0 or 9 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))) + " |");
            if (i == 0)
            {
                text.AppendLine("| " + string.Join(" | ", widths.Select(w => new string('-', w))) + " |");
            }
        }
        return text.ToString();
    }

    static string[] Row(Result r) =>
    [
        r.Name, Number(r.PerSecond, "N0"), Number(r.Ratio, "0.00"), Number(r.Limit, "0.00"), Number(r.Spread, "P0"),
        Number(r.P50, "0.00"), Number(r.P99, "0.00"), Number(r.P99Limit, "0.00"), r.Verdict, r.Note,
    ];

    static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
