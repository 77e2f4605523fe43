using System.Reflection;
using System.Text.RegularExpressions;

namespace Tracker.Tests.FollowUp;

/// <summary>docs/follow-up-practice.md is a list of promises: each has a test whose name begins with its number.</summary>
public sealed partial class PracticePage
{
    [Fact]
    public void Every_promise_has_a_test_that_cites_it_and_no_test_cites_what_is_not_promised()
    {
        var promised = Number().Matches(File.ReadAllText(Path.Combine(Architecture.Source.Root, "docs", "follow-up-practice.md"))).Select(m => m.Groups["number"].Value).ToList();
        var cited = typeof(PracticePage).Assembly.GetTypes().SelectMany(t => t.GetMethods()).Select(m => m.GetCustomAttribute<FactAttribute>()?.DisplayName)
            .Where(n => n is not null && char.IsAsciiDigit(n[0])).Select(n => n!.Split(' ')[0]);
        Assert.Equal(29, promised.Count);
        Assert.Equal(promised.Order(StringComparer.Ordinal), cited.Distinct().Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^- \*\*(?<number>[0-9.]+)\*\*", RegexOptions.Multiline)]
    private static partial Regex Number();
}
