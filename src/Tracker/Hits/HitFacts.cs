using System.Net;
using System.Net.Sockets;
using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;

namespace Tracker.Hits;

/// <summary>What is recorded of a request. The one place where an address becomes what is kept of it.</summary>
public sealed class HitFacts(AddressKey addressKey, KnownNetworks networks, OfficeNetworks offices)
{
    public void Write(ref HitRecord.Writer writer, HitKind kind, OwnVisit ownVisit, int link, CopyId copy, string method, IHeaderDictionary headers, IPAddress address, DateTimeOffset now)
    {
        Span<char> prefix = stackalloc char[48];
        writer.Head(kind, ownVisit != OwnVisit.None ? ownVisit : networks.IsOffice(address) || offices.Contains(address) ? OwnVisit.Network : OwnVisit.None, link, now, addressKey.HashOf(address, now), copy);
        writer.Text(method, 16);
        writer.Text(prefix[..WritePrefix(address, prefix)], prefix.Length);
        writer.Text(headers.UserAgent.ToString(), HitHeaders.MaxUserAgent);
        writer.Network(networks.Find(address));
        writer.Headers(headers);
    }

    // The /24 or /48: enough to see that two hits came from one site, too little to find a person.
    static int WritePrefix(IPAddress address, Span<char> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        var four = address.AddressFamily == AddressFamily.InterNetwork;
        bytes[(four ? 3 : 6)..length].Clear();
        new IPAddress(bytes[..length]).TryFormat(text, out var written);
        var suffix = four ? "/24" : "/48";
        suffix.CopyTo(text[written..]);
        return written + suffix.Length;
    }
}
