using System.Text.RegularExpressions;

namespace Tracker.Tests.Architecture;

/// <summary>docs/operations.md names every metric and every log id there is, and no other.</summary>
public sealed partial class OperationsPageTests
{
    static readonly string Page = File.ReadAllText(Path.Combine(Source.Root, "docs", "operations.md"));

    static IEnumerable<string> Found(Regex regex) => Source.Files.SelectMany(f => f.Lines).SelectMany(l => regex.Matches(l)).Select(m => m.Groups["name"].Value);

    [Fact]
    public void Every_metric_is_documented_and_every_documented_one_is_there()
    {
        // As the Prometheus exporter writes them: dots become underscores, counters end in _total, bytes are named.
        var real = Source.Files.SelectMany(f => f.Lines).SelectMany(l => Metric().Matches(l)).Select(m =>
            m.Groups["name"].Value.Replace('.', '_') + (m.Groups["unit"].Value == "By" ? "_bytes" : "") + (m.Groups["kind"].Value.EndsWith("Counter", StringComparison.Ordinal) && !m.Groups["kind"].Value.StartsWith("UpDown", StringComparison.Ordinal) ? "_total" : ""));
        Assert.Equal(real.Distinct().Order(StringComparer.Ordinal), DocumentedMetric().Matches(Page).Select(m => m.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_log_id_is_documented_and_every_documented_one_is_there()
    {
        var real = Found(EventId()).Concat(Found(ShortEventId())).Select(int.Parse).Distinct().Order();
        var section = Page[Page.IndexOf("## Logs", StringComparison.Ordinal)..Page.IndexOf("`tracker doctor` looks at", StringComparison.Ordinal)];
        var documented = section.Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).SelectMany(l => Number().Matches(l.Split('|')[1])).Select(m => int.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order();
        Assert.Equal(real, documented);
    }

    [GeneratedRegex(@"Create(?:Observable)?(?<kind>\w+?)(?:<long>)?\(""(?<name>tracker\.[a-z_.]+)""(?:, \(\) => [^""]*)?, ""(?<unit>[^""]*)""")]
    private static partial Regex Metric();

    [GeneratedRegex("`(?<name>tracker_[a-z_]+)`")]
    private static partial Regex DocumentedMetric();

    [GeneratedRegex(@"EventId = (?<name>\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"LoggerMessage\((?<name>\d+),")]
    private static partial Regex ShortEventId();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
