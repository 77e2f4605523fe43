using System.Buffers.Binary;
using System.Net;
using Tracker.Domain.Signals;
using Tracker.Hits.Networks;

namespace Tracker.Traces;

/// <summary>Made-up addresses for one copy's sources: in the same known network, in one /24 or /48 where the true ones were, equal where they were equal.</summary>
sealed class MadeUpAddresses(NetworkBook book)
{
    /// <summary>Prefixes looked through in a known network before settling for one that is taken.</summary>
    const int MaxTries = 4096;

    // 2001:db8::/32, for documentation (RFC 3849): room for every prefix, and nobody's.
    static readonly UInt128 Documentation = BinaryPrimitives.ReadUInt128BigEndian(IPAddress.Parse("2001:db8::").GetAddressBytes());

    readonly Dictionary<(string Prefix, string? Network), (bool IsV4, UInt128 First)> _prefixes = [];
    readonly Dictionary<(string Prefix, long Source), int> _hosts = [];

    public string Of(Hit hit)
    {
        if (!_prefixes.TryGetValue((hit.SourcePrefix, hit.Network?.Name), out var prefix))
        {
            prefix = _prefixes[(hit.SourcePrefix, hit.Network?.Name)] = hit.Network is { } network ? In(network) : (false, Documentation + ((UInt128)(uint)(_prefixes.Count + 1) << 80));
        }
        if (!_hosts.TryGetValue((hit.SourcePrefix, hit.SourceHash), out var host))
        {
            host = _hosts[(hit.SourcePrefix, hit.SourceHash)] = _hosts.Keys.Count(k => k.Prefix == hit.SourcePrefix) + 1;
        }
        return Address(prefix.IsV4, prefix.First + (UInt128)(uint)host).ToString();
    }

    (bool IsV4, UInt128 First) In(KnownNetwork network)
    {
        var all = book.RangesOf(network.Name).SelectMany(r => Prefixes(r)).Where(p => book.Find(Address(p.IsV4, p.First + 1))?.Name == network.Name).Take(MaxTries).ToList();
        var free = all.Find(p => !_prefixes.ContainsValue(p));
        // A network that is in no list any more: its name cannot be found again, whatever the address.
        return free != default ? free : all.Count > 0 ? all[0] : (false, Documentation + ((UInt128)(uint)(_prefixes.Count + 1) << 80));
    }

    static IEnumerable<(bool IsV4, UInt128 First)> Prefixes(NetworkRange range)
    {
        var step = (UInt128)1 << (range.IsV4 ? 8 : 80);
        for (var first = range.First; first < range.Last; first += step)
        {
            yield return (range.IsV4, first);
        }
    }

    static IPAddress Address(bool isV4, UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new(isV4 ? bytes[12..] : bytes);
    }
}
