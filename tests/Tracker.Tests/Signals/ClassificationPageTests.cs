using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

public sealed class ClassificationPageTests
{
    [Fact]
    public void The_page_has_every_rule_in_the_order_of_the_code()
    {
        var hit = Make.Click(7200);
        var rules = Judge.Explain(Make.Copy(hit), hit.Id, hit.At).Select(o => o.Rule);
        var headings = File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "classification.md")).Where(l => l.StartsWith("### ", StringComparison.Ordinal)).Select(l => l[4..]);
        Assert.Equal(rules, headings);
    }

    static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tracker.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no Tracker.sln above " + AppContext.BaseDirectory);
        }
        return folder.FullName;
    }
}
