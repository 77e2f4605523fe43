using System.Collections.Frozen;
using Tracker.Domain.Tokens;

namespace Tracker.Switches;

/// <summary>The rules in force, made ready for the request path: two look-ups in memory, and none when there are no rules.</summary>
sealed class SwitchTable
{
    public static readonly SwitchTable Empty = new([]);

    readonly record struct LinkKey(CopyId Copy, int Link);

    readonly FrozenSet<CopyId> _stoppedCopies;
    readonly FrozenDictionary<LinkKey, string?> _links;
    readonly string[] _hosts;
    readonly FrozenSet<string> _reps;

    public SwitchTable(IReadOnlyList<SwitchRule> rules)
    {
        Rules = rules;
        var inForce = rules.Where(r => r.InForce).ToList();
        InForce = inForce.Count;
        _stoppedCopies = inForce.Where(r => r.Link is null).SelectMany(Copies).ToFrozenSet();
        var links = new Dictionary<LinkKey, string?>();
        // In the order of the decisions, so that of two about one link, such as one about the message and one about the copy, the later holds.
        foreach (var rule in inForce.Where(r => r.Link is not null).OrderBy(r => r.At))
        {
            foreach (var copy in Copies(rule))
            {
                links[new(copy, rule.Link!.Value)] = rule.Replacement;
            }
        }
        _links = links.ToFrozenDictionary();
        _hosts = [.. inForce.Select(r => r.Host).OfType<string>().Distinct()];
        _reps = inForce.Select(r => r.Rep).OfType<string>().ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<SwitchRule> Rules { get; }

    public int InForce { get; }

    public bool IsStopped(string rep) => _reps.Contains(rep);

    /// <summary>A stop is stronger than a replacement, and a stopped host also stops a replacement that leads there.</summary>
    /// <returns>Where the link leads now; null when it is stopped.</returns>
    public string? Lead(CopyId copy, int link, string destination)
    {
        if (_stoppedCopies.Count > 0 && _stoppedCopies.Contains(copy))
        {
            return null;
        }
        var address = _links.Count > 0 && _links.TryGetValue(new(copy, link), out var replacement) ? replacement : destination;
        return address is null || _hosts.Length == 0 || Hosts.Of(address) is not { } host || !Array.Exists(_hosts, h => Hosts.IsWithin(host, h)) ? address : null;
    }

    static IEnumerable<CopyId> Copies(SwitchRule rule) => rule.Copies.Select(c => SwitchRule.TryCopy(c, out var copy) ? copy : default);
}
