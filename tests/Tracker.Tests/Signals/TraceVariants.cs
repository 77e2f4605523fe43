using System.Net;
using System.Text.RegularExpressions;
using Tracker.Hits.Networks;

namespace Tracker.Tests.Signals;

/// <summary>What is known of the time of sending.</summary>
enum SendTime
{
    Known,
    Unknown,

    /// <summary>Told only when the mail had left up to ten minutes ago.</summary>
    Late,
}

/// <summary>The same history on another day: other times, other addresses of the same kind, other browser versions, more or fewer links.</summary>
sealed partial class TraceVariants(Random random)
{
    static readonly TimeSpan LatestNews = TimeSpan.FromMinutes(10);

    public SendTime Draw() => (SendTime)random.Next(3);

    public Trace Vary(Trace trace)
    {
        var addresses = new Dictionary<string, string>();
        var networks = new Dictionary<string, string>();
        var links = Math.Max(Math.Max(1, trace.Links + random.Next(-3, 4)), (trace.HoneypotLink ?? -1) + 1);
        var times = Jitter(trace.Requests);
        var versions = random.Next(-3, 8);
        var requests = trace.Requests.Select((r, i) => r with
        {
            T = times[i],
            Ip = trace.Context?.RepIps?.Contains(r.Ip) == true ? r.Ip : Another(r.Ip, addresses, networks),
            Link = r.Link is { } link && link != trace.HoneypotLink ? OtherThan(trace.HoneypotLink, link % links, links) : r.Link,
            Headers = r.Headers.ToDictionary(h => h.Key, h => h.Key == "User-Agent" ? OtherVersion(h.Value, versions) : h.Value),
        }).ToArray();
        return trace with { Links = links, Requests = requests, Context = Follow(trace, requests) };
    }

    /// <summary>How long before its sending a copy was made: half a second where a program sends it, five minutes where a person pastes a link, log-uniform between.</summary>
    public DateTimeOffset Made(DateTimeOffset sent) => sent - TimeSpan.FromSeconds(0.5 * Math.Pow(600, random.NextDouble()));

    /// <summary>What the judge is told of the time at which a mail that left at <paramref name="sent"/> was sent.</summary>
    public DateTimeOffset? Told(SendTime known, DateTimeOffset sent) => known switch
    {
        SendTime.Known => sent,
        SendTime.Late => sent + (LatestNews * random.NextDouble()),
        _ => null,
    };

    // Gaps are stretched, not times: a burst hours after sending stays a burst.
    double[] Jitter(TraceRequest[] requests)
    {
        var times = new double[requests.Length];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = i == 0 ? requests[0].T * Stretch() : times[i - 1] + ((requests[i].T - requests[i - 1].T) * Stretch());
        }
        return times;
    }

    double Stretch() => 0.8 + (0.4 * random.NextDouble());

    // The rep looked at the thread when the proxy fetched, on this day too.
    static TraceContext? Follow(Trace trace, TraceRequest[] requests) => trace.Context is not { RepViews: { } views } context ? trace.Context : context with
    {
        RepViews = [.. trace.Requests.Zip(requests).Where(r => views.Any(v => r.First.T >= v.From && r.First.T <= v.To)).Select(r => new TraceView(r.Second.T, r.Second.T))],
    };

    static int OtherThan(int? honeypot, int link, int links) => link != honeypot ? link : links > 1 ? (link + 1) % links : 0;

    string Another(string ip, Dictionary<string, string> addresses, Dictionary<string, string> networks)
    {
        if (addresses.TryGetValue(ip, out var known))
        {
            return known;
        }
        if (ip.Contains(':'))
        {
            return addresses[ip] = $"{ip[..ip.LastIndexOf(':')]}:{random.Next(1, 0xffff):x}";
        }
        var prefix = ip[..ip.LastIndexOf('.')];
        var name = NameOf(ip);
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            // A small range has no other /24 of its kind: then another host in the same one.
            var other = networks.TryGetValue(prefix, out var chosen) ? chosen : attempt > 500 ? prefix : AnotherPrefix(prefix, name is null);
            var candidate = $"{other}.{random.Next(1, 255)}";
            if (NameOf(candidate) == name && !addresses.ContainsValue(candidate))
            {
                networks[prefix] = other;
                return addresses[ip] = candidate;
            }
        }
        return addresses[ip] = ip;
    }

    string AnotherPrefix(string prefix, bool ordinary)
    {
        var parts = prefix.Split('.');
        return ordinary ? $"{random.Next(60, 100)}.{random.Next(256)}.{random.Next(256)}"
            : random.Next(2) == 0 ? $"{parts[0]}.{parts[1]}.{random.Next(256)}"
            : $"{parts[0]}.{random.Next(256)}.{random.Next(256)}";
    }

    static string? NameOf(string ip) => NetworkBook.Shipped.Find(IPAddress.Parse(ip))?.Name;

    // Gmail's prefetch is an exact string; everything else gets other numbers, people's browsers within the last year or so.
    static string OtherVersion(string agent, int by) => agent.EndsWith("Edge/12.246 Mozilla/5.0", StringComparison.Ordinal) ? agent
        : Versions().Replace(agent, m => $"{m.Groups[1].Value}/{Math.Max(2, int.Parse(m.Groups[2].ValueSpan) + (m.Groups[1].Value == "Version" ? Math.Sign(by) : by))}");

    [GeneratedRegex(@"(Chrome|HeadlessChrome|Firefox|Edg|Thunderbird|SamsungBrowser|Version)/(\d+)")]
    private static partial Regex Versions();
}
