using Tracker.Web;

namespace Tracker.Tests.Api;

public sealed class ProblemsDocument
{
    [Fact]
    public void Lists_exactly_the_catalogue()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tracker.sln")))
        {
            folder = folder.Parent;
        }
        var headings = File.ReadLines(Path.Combine(folder!.FullName, "docs", "problems.md")).Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..].Trim(' ', '`'));
        Assert.Equal(Problems.All.Select(p => p.Slug).Order(StringComparer.Ordinal), headings.Order(StringComparer.Ordinal));
    }
}
