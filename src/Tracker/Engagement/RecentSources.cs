using System.Net;
using Tracker.Domain.Signals;
using Tracker.Hits;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>A stored hit about which more is known now.</summary>
public sealed record OtherCopiesChange(long HitId, long CopyId, int Others);

/// <summary>
/// Notices one source at several people's copies within seconds. Remembers the last seconds of this node only, in bounded memory, so that nobody searches
/// the hits; a restart forgets them. What a rolled-back batch brought is not remembered.
/// </summary>
public sealed class RecentSources
{
    // Two addresses a source are the usual case; many more would only help a source that does nothing but scan.
    const int MaxSources = 10_000, MaxPerSource = 32;

    sealed record Seen(long HitId, long CopyId, long ProspectId, DateTimeOffset At, int Others);

    // In two generations: the older one goes as a whole, because looking for what is old among ten thousand at every hit would cost more than all the rest.
    Dictionary<long, List<Seen>> _recent = [], _older = [];

    /// <summary>Marks hits that came from a source which was at other people's copies too.</summary>
    /// <param name="earlier">Hits stored before that the new ones show in another light.</param>
    public List<(CopyRow Copy, Hit Hit)> Mark(Session session, List<(CopyRow Copy, Hit Hit)> kept, out List<OtherCopiesChange> earlier)
    {
        var marked = new Dictionary<long, int>();
        earlier = [];
        foreach (var source in kept.Where(k => TellsApart(k.Hit)).GroupBy(k => k.Hit.SourceHash))
        {
            var before = _recent.GetValueOrDefault(source.Key) ?? _older.GetValueOrDefault(source.Key, []);
            var known = before.Select(s => s.HitId).ToHashSet();
            var counted = Count([.. before, .. source.Where(k => !known.Contains(k.Hit.Id)).Select(k => new Seen(k.Hit.Id, k.Copy.Id, k.Copy.ProspectId, k.Hit.At, 0))]);
            foreach (var (seen, others) in counted)
            {
                if (!known.Contains(seen.HitId))
                {
                    marked[seen.HitId] = others;
                }
                // Told once, when it begins to mean something: a source that scans a thousand copies must not rewrite the same hits a thousand times.
                else if (others >= Hit.SeveralCopies && seen.Others < Hit.SeveralCopies)
                {
                    earlier.Add(new(seen.HitId, seen.CopyId, others));
                }
            }
            var remembered = counted.Select(c => c.Seen with { Others = c.Others }).ToList();
            session.AfterCommit(() => Remember(source.Key, remembered));
        }
        return [.. kept.Select(k => (k.Copy, k.Hit with { OtherCopies = marked.GetValueOrDefault(k.Hit.Id) }))];
    }

    // Image proxies serve everybody, and behind a proxy that is not trusted everybody comes from an address of the own network.
    static bool TellsApart(Hit hit) => Client.Of(hit.UserAgent).Kind != ClientKind.MailProxy && IPNetwork.TryParse(hit.SourcePrefix, out var source) && !InnerNetworks.Contain(source.BaseAddress);

    // Other people near each hit. One pass with two ends, because one source may bring a thousand hits.
    static List<(Seen Seen, int Others)> Count(List<Seen> hits)
    {
        hits.Sort((a, b) => a.At.CompareTo(b.At));
        var near = new Dictionary<long, int>();
        var counted = new List<(Seen, int)>(hits.Count);
        var (first, end) = (0, 0);
        foreach (var hit in hits)
        {
            for (; end < hits.Count && hits[end].At - hit.At <= Hit.SeveralCopiesReach; end++)
            {
                near[hits[end].ProspectId] = near.GetValueOrDefault(hits[end].ProspectId) + 1;
            }
            for (; hit.At - hits[first].At > Hit.SeveralCopiesReach; first++)
            {
                if (--near[hits[first].ProspectId] == 0)
                {
                    near.Remove(hits[first].ProspectId);
                }
            }
            counted.Add((hit, near.Count - 1));
        }
        return counted;
    }

    void Remember(long source, List<Seen> hits)
    {
        var newest = hits[^1].At;
        if (_recent.Count >= MaxSources / 2)
        {
            (_older, _recent) = (_recent, []);
        }
        _recent[source] = [.. hits.Where(h => newest - h.At <= Hit.SeveralCopiesReach).TakeLast(MaxPerSource)];
    }
}
