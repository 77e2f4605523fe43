using System.Globalization;

namespace Tracker.Outbound;

/// <summary>The report on a copy's links in one line, for people.</summary>
static class LinkSummary
{
    const string SchemeEnding = ": links are left alone";

    /// <returns>Such as "5 links: 4 tracked, 1 not: mailto".</returns>
    public static string Of(IReadOnlyList<LinkView> links)
    {
        if (links.Count == 0)
        {
            return "no links";
        }
        var not = links.Where(l => !l.Tracked).ToList();
        var reasons = not.GroupBy(l => Short(l.Reason ?? ""), StringComparer.Ordinal).OrderByDescending(g => g.Count())
            .Select(g => g.Count() == not.Count ? g.Key : string.Create(CultureInfo.InvariantCulture, $"{g.Key} ({g.Count()})")).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{links.Count} {(links.Count == 1 ? "link" : "links")}: ")
            + (not.Count == 0 ? "all tracked" : string.Create(CultureInfo.InvariantCulture, $"{links.Count - not.Count} tracked, {not.Count} not: {string.Join(", ", reasons)}"));
    }

    static string Short(string reason) => reason.EndsWith(SchemeEnding, StringComparison.Ordinal) ? reason[..^SchemeEnding.Length] : reason;
}
