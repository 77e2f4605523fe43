using Microsoft.AspNetCore.Http;
using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Hits;

namespace Tracker.Tests.Support;

/// <summary>A request for a pixel or a link as the journal keeps it: a person's with Firefox, where nothing else is said.</summary>
public sealed record MadeHit(CopyId Copy, DateTimeOffset At)
{
    public HitKind Kind { get; init; } = HitKind.Open;

    public int Link { get; init; }

    public string Method { get; init; } = "GET";

    public string UserAgent { get; init; } = Browsers.Firefox;

    /// <summary>Stands for the address, which is not kept.</summary>
    public long Source { get; init; } = 42;

    public string Network { get; init; } = "198.51.100.0/24";

    public byte[] ToBytes()
    {
        var writer = new HitRecord.Writer(new byte[HitRecord.Writer.MaxLength]);
        writer.Head(Kind, OwnVisit.None, Link, At, Source, Copy);
        writer.Text(Method, 16);
        writer.Text(Network, 48);
        writer.Text(UserAgent, HitHeaders.MaxUserAgent);
        writer.Network(null);
        var headers = new HeaderDictionary();
        foreach (var (name, value) in Kind == HitKind.Open ? Browsers.ImageHeaders : Browsers.PageHeaders)
        {
            headers[name] = value;
        }
        writer.Headers(headers);
        return writer.Written.ToArray();
    }
}
