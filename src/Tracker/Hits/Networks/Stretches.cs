using System.Numerics;
using Tracker.Domain.Signals;

namespace Tracker.Hits.Networks;

/// <summary>From the first to the last address, both included.</summary>
readonly record struct Stretch<T>(T First, T Last, KnownNetwork Network);

/// <summary>Disjoint stretches in ascending order: parallel arrays, because a search touches the first addresses only.</summary>
sealed class Stretches<T> where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    readonly T[] _first;
    readonly T[] _last;
    readonly KnownNetwork[] _network;

    Stretches(List<Stretch<T>> stretches)
    {
        _first = [.. stretches.Select(s => s.First)];
        _last = [.. stretches.Select(s => s.Last)];
        _network = [.. stretches.Select(s => s.Network)];
    }

    public KnownNetwork? Find(T address)
    {
        var found = Array.BinarySearch(_first, address);
        var index = found >= 0 ? found : ~found - 1;
        return index >= 0 && address <= _last[index] ? _network[index] : null;
    }

    /// <summary>
    /// Ranges in CIDR notation nest or are apart, never half over each other. In order of their start, the wider first, those that are still open form a
    /// stack; its top is the narrowest and owns the addresses until the next range starts or it ends.
    /// </summary>
    public static Stretches<T> Of(IEnumerable<Stretch<T>> ranges)
    {
        var cut = new List<Stretch<T>>();
        var open = new Stack<Stretch<T>>();
        var at = T.MinValue;
        foreach (var range in ranges.OrderBy(r => r.First).ThenByDescending(r => r.Last))
        {
            CloseBefore(range.First);
            if (open.TryPeek(out var outer) && range.First > at)
            {
                Add(range.First - T.One, outer.Network);
            }
            open.Push(range);
            at = range.First;
        }
        CloseBefore(null);
        return new(cut);

        void CloseBefore(T? next)
        {
            while (open.TryPeek(out var top) && (next is null || top.Last < next))
            {
                open.Pop();
                Add(top.Last, top.Network);
            }
        }

        void Add(T last, KnownNetwork network)
        {
            // An outer range that starts or ends with its inner one has nothing left here; wrapping past the highest address ends the last stretch.
            if ((cut.Count > 0 && cut[^1].Last == T.MaxValue) || last < at)
            {
                return;
            }
            cut.Add(new(at, last, network));
            at = last + T.One;
        }
    }
}
