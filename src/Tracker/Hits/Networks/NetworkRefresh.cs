using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tracker.Domain.Signals;
using Tracker.Settings;

namespace Tracker.Hits.Networks;

/// <summary>What became of one list.</summary>
/// <param name="Problem">Null when it was refreshed; otherwise the old list stays.</param>
public sealed record RefreshedList(string Name, string Address, int Ranges, string? Problem);

/// <summary>Fetches the operators' own lists of their networks and keeps them in the data folder.</summary>
public sealed class NetworkRefresh(TrackerSettings settings, HttpClient http, TimeProvider time)
{
    /// <summary>A list that has shrunk to less than this share of the old one is more likely cut off than true.</summary>
    const double LeastShare = 0.5;

    // Microsoft's endpoint sets: 9 and 10 are "SMTP and protection", 1 is Exchange Online itself (endpoints.office.com).
    static readonly Dictionary<int, (string Name, string Kind)> MicrosoftSets = new()
    {
        [1] = (NetworkNames.ExchangeOnline, "probable,clicks"), [9] = ("microsoft-eop", "certain,all"), [10] = ("microsoft-eop", "certain,all"),
    };

    public async Task<IReadOnlyList<RefreshedList>> RunAsync(CancellationToken ct) =>
    [
        await RefreshAsync("apple-egress", settings.NetworkLists.Apple, AppleLines, ct),
        await RefreshAsync("microsoft-365", settings.NetworkLists.Microsoft, MicrosoftLines, ct),
        await RefreshAsync("google-crawlers", settings.NetworkLists.GoogleCrawlers, text => GoogleLines(text, "google-crawlers,certain,clicks"), ct),
        await RefreshAsync("googlebot", settings.NetworkLists.Googlebot, text => GoogleLines(text, "googlebot,certain,all"), ct),
    ];

    async Task<RefreshedList> RefreshAsync(string name, string address, Func<string, IEnumerable<string>> read, CancellationToken ct)
    {
        var file = Path.Combine(settings.NetworksFolder, name + ".csv");
        try
        {
            var lines = read(await http.GetStringAsync(new Uri(address), ct)).Distinct(StringComparer.Ordinal).ToList();
            using var check = new StringReader(string.Join('\n', lines));
            var ranges = NetworkRange.Read(check, address);
            var (count, old) = (ranges.Count, File.Exists(file) ? NetworkLists.Read(file).Count : Shipped(ranges));
            if (count == 0 || count < old * LeastShare)
            {
                return new(name, address, count, count == 0 ? "the answer holds no ranges" : $"the answer holds {count} ranges, the list so far {old}: too few to be true");
            }
            await NetworkLists.WriteAsync(file, address, time.GetUtcNow(), lines, ct);
            return new(name, address, count, null);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException or FormatException or JsonException or KeyNotFoundException or InvalidOperationException or IOException
            && !ct.IsCancellationRequested)
        {
            return new(name, address, 0, e.Message);
        }
    }

    // How many ranges the shipped lists have of the same networks: what the first refresh would replace.
    static int Shipped(IReadOnlyList<NetworkRange> ranges) => ranges.Select(r => r.Network.Name).Distinct().Sum(name => NetworkBook.Shipped.RangesOf(name).Count());

    // range,country,region,city,
    static IEnumerable<string> AppleLines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => $"{Range(line.Split(',')[0])},{NetworkNames.AppleEgress},probable,all");

    static IEnumerable<string> MicrosoftLines(string text)
    {
        using var sets = JsonDocument.Parse(text);
        foreach (var set in sets.RootElement.EnumerateArray())
        {
            if (MicrosoftSets.TryGetValue(set.GetProperty("id").GetInt32(), out var network) && set.TryGetProperty("ips", out var ips))
            {
                foreach (var ip in ips.EnumerateArray())
                {
                    yield return $"{Range(ip.GetString())},{network.Name},{network.Kind}";
                }
            }
        }
    }

    static IEnumerable<string> GoogleLines(string text, string rest)
    {
        using var document = JsonDocument.Parse(text);
        foreach (var prefix in document.RootElement.GetProperty("prefixes").EnumerateArray())
        {
            yield return $"{Range((prefix.TryGetProperty("ipv4Prefix", out var four) ? four : prefix.GetProperty("ipv6Prefix")).GetString())},{rest}";
        }
    }

    static string Range(string? text) => IPNetwork.TryParse(text, out var range) ? range.ToString() : throw new FormatException($"\"{text}\" is not a range such as 192.0.2.0/24");
}
