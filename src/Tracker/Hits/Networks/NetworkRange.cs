using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tracker.Domain.Signals;

namespace Tracker.Hits.Networks;

/// <summary>One line of a network list: a range and what is known of it.</summary>
/// <param name="First">Lowest address; an IPv4 one in the lower 32 bits.</param>
/// <param name="Last">Highest address, inclusive.</param>
public sealed record NetworkRange(bool IsV4, UInt128 First, UInt128 Last, KnownNetwork Network)
{
    /// <summary>Reads <c>range,name,certainty,scope</c> lines; empty lines and those that start with # are skipped.</summary>
    /// <param name="source">Named in the error.</param>
    /// <exception cref="FormatException">A line is not of that form; the message says which.</exception>
    public static IReadOnlyList<NetworkRange> Read(TextReader reader, string source)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var ranges = new List<NetworkRange>();
        var networks = new Dictionary<KnownNetwork, KnownNetwork>();   // thousands of ranges share a handful of networks
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                var range = Parse(line) ?? throw new FormatException(
                    $"{source}, line {number}: \"{line}\" is not range,name,certainty,scope such as 192.0.2.0/24,our-gateway,certain,all");
                var network = networks.TryGetValue(range.Network, out var known) ? known : networks[range.Network] = range.Network;
                ranges.Add(range with { Network = network });
            }
        }
        return ranges;
    }

    /// <summary>A range in CIDR notation.</summary>
    public static NetworkRange Of(IPNetwork range, KnownNetwork network)
    {
        Span<byte> bytes = stackalloc byte[16];
        range.BaseAddress.TryWriteBytes(bytes, out var length);
        var isV4 = range.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        var first = isV4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
        var hostBits = (length * 8) - range.PrefixLength;
        var size = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
        return new(isV4, first, first + size, network);
    }

    static NetworkRange? Parse(string line)
    {
        var fields = line.Split(',', StringSplitOptions.TrimEntries);
        return fields.Length == 4 && fields[1].Length > 0 && IPNetwork.TryParse(fields[0], out var range)
            && Certainty(fields[2]) is { } certainty && fields[3] is "all" or "clicks"
            ? Of(range, new KnownNetwork(fields[1], certainty, fields[3] is "clicks"))
            : null;
    }

    static NetworkCertainty? Certainty(string text) => text switch
    {
        "certain" => NetworkCertainty.Certain,
        "probable" => NetworkCertainty.Probable,
        _ => null,
    };
}
