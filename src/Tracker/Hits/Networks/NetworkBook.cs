using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Tracker.Domain.Signals;

namespace Tracker.Hits.Networks;

/// <summary>
/// Known networks by address. Ranges may nest; the narrowest wins, and of two equal ones the later, so that an operator's own word beats a shipped one.
/// Built once: the nested ranges are cut into disjoint stretches, so a look-up is one binary search without allocation. Immutable, safe for many threads.
/// </summary>
public sealed class NetworkBook
{
    static readonly Lazy<NetworkBook> FromResources = new(() => new(ReadResources()));

    readonly Stretches<uint> _v4;
    readonly Stretches<UInt128> _v6;
    readonly IReadOnlyList<NetworkRange> _ranges;

    public NetworkBook(IEnumerable<NetworkRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        _ranges = [.. ranges];
        _v4 = Stretches<uint>.Of(_ranges.Where(r => r.IsV4).Select(r => new Stretch<uint>((uint)r.First, (uint)r.Last, r.Network)));
        _v6 = Stretches<UInt128>.Of(_ranges.Where(r => !r.IsV4).Select(r => new Stretch<UInt128>(r.First, r.Last, r.Network)));
    }

    /// <summary>The lists in this folder, as built into the program.</summary>
    public static NetworkBook Shipped => FromResources.Value;

    public int Count => _ranges.Count;

    /// <summary>A book with the operator's own ranges too.</summary>
    public NetworkBook With(IEnumerable<NetworkRange> more) => new(_ranges.Concat(more));

    /// <summary>A book without some networks.</summary>
    public NetworkBook Without(IReadOnlySet<string> names) => new(_ranges.Where(r => !names.Contains(r.Network.Name)));

    /// <summary>Ranges of a network, for making up addresses in it.</summary>
    public IEnumerable<NetworkRange> RangesOf(string name) => _ranges.Where(r => r.Network.Name == name);

    /// <returns>Null when the address is in no known network. An IPv4 address written as IPv6 counts as IPv4.</returns>
    public KnownNetwork? Find(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork ? _v4.Find(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : address.IsIPv4MappedToIPv6 ? _v4.Find(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : _v6.Find(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    static IEnumerable<NetworkRange> ReadResources()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("networks/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            foreach (var range in NetworkRange.Read(reader, name))
            {
                yield return range;
            }
        }
    }
}
