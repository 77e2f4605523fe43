using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

/// <summary>One copy's made-up life: perhaps a gateway that scans it, perhaps a person who reads it.</summary>
sealed record Life(CopyTraffic Copy, IReadOnlySet<long> Gateway, IReadOnlySet<long> Person);

/// <summary>
/// Gateways after 836 measured bursts (craft-campaign#546): when they start, the pixel before them, all links within a second. People after nothing
/// measured: they first look a median hour after sending (a tenth within five minutes), open and click in the ways that signals of real clients show.
/// </summary>
sealed class SalesDay(Random random)
{
    static readonly (double Share, double From, double To)[] BurstStart =
        [(0.005, 0, 10), (0.022, 10, 20), (0.664, 20, 60), (0.283, 60, 300), (0.019, 300, 1800), (0.007, 3600, 86400)];

    static readonly KnownNetwork?[] GatewayNetworks = [null, null, null, Make.Azure, Make.Proofpoint, new("cloud-aws", NetworkCertainty.Probable, true)];
    static readonly string[] Agents = [Make.Chrome, Make.Chrome.Replace("141", "138"), Make.Edge, Make.Chrome.Replace("141", "104"), Make.IPhone];

    public Life Next(bool gateway, bool person)
    {
        var links = random.Next(2, 13);
        var scan = gateway ? Scan(links) : [];
        var read = person ? Read(links) : [];
        var hits = scan.Concat(read).OrderBy(h => h.At).Select((h, i) => h with { Id = i }).ToList();
        var (g, p) = (new HashSet<long>(), new HashSet<long>());
        foreach (var hit in hits)
        {
            _ = hit.SourcePrefix.StartsWith("198.51", StringComparison.Ordinal) ? p.Add(hit.Id) : g.Add(hit.Id);
        }
        return new(new() { SentAt = Make.Sent, LinkCount = links, Hits = hits }, g, p);
    }

    List<Hit> Scan(int links)
    {
        var start = StartOfBurst();
        var (network, agent, spread) = (GatewayNetworks[random.Next(GatewayNetworks.Length)], Agents[random.Next(Agents.Length)], random.Next(5) == 0);
        var hits = new List<Hit>();
        if (random.Next(2) == 0)
        {
            // Exponential with a median of 9 s: 54 % below 10 s and 79 % below 20 s, measured 61 % and 84 %.
            var other = random.Next(4) == 0;
            var pixel = Make.Open(Math.Min(start, -9 / Math.Log(2) * Math.Log(random.NextDouble())), other ? Make.Edge : agent, other ? "192.9.9.9" : "192.0.2.7", network);
            hits.Add(random.Next(4) switch
            {
                0 => pixel.With("accept", "image/*").With("sec-fetch-dest", "image"),
                1 => pixel.With("accept", "image/*"),
                _ => pixel.With("accept", "text/html,*/*"),
            });
        }
        for (var link = 0; link < links; link++)
        {
            var from = spread ? $"192.{random.Next(1, 200)}.2.{random.Next(1, 255)}" : "192.0.2.7";
            hits.Add(Make.Click(start + (link == 0 ? 0 : random.NextDouble()), link, agent, from, network));
        }
        return hits;
    }

    double StartOfBurst()
    {
        var draw = random.NextDouble();
        foreach (var (share, from, to) in BurstStart)
        {
            draw -= share;
            if (draw < 0)
            {
                return from + ((to - from) * random.NextDouble());
            }
        }
        return 60;
    }

    List<Hit> Read(int links)
    {
        var at = 3600 * Math.Exp(2 * Normal());   // log-normal: median an hour, a tenth within five minutes
        var from = $"198.51.100.{random.Next(1, 255)}";
        var click = Make.Click(at + 3 + (40 * random.NextDouble()), random.Next(links), Agents[random.Next(3)], from);
        return random.Next(6) switch
        {
            0 => [Make.Open(at, Make.Outlook, from)],
            1 => [Make.Open(at, Make.Outlook, from), click],
            2 => [Make.Open(at, Make.Gmail, "198.51.7.7"), click],
            3 => [Make.Click(at, random.Next(links), Make.IPhone, from)],
            4 => [Make.Click(at, random.Next(links), Make.Chrome, from), Make.Click(at + 20 + (60 * random.NextDouble()), random.Next(links), Make.Chrome, from)],
            _ => [Make.Open(at, Make.Gmail, "198.51.7.7")],
        };
    }

    double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
