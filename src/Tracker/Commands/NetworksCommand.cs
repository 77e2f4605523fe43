using System.CommandLine;
using System.Globalization;
using Tracker.Hits.Networks;
using Tracker.Settings;

namespace Tracker.Commands;

/// <summary>Known networks.</summary>
public static class NetworksCommand
{
    static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    /// <summary>Apple's list, the longest, has some 20 MB with its places.</summary>
    const int MaxBytes = 100_000_000;

    public static Command Create(CommandContext context)
    {
        var refresh = new Command("refresh", "Fetches the operators' own lists into the data folder. A list that cannot be had stays as it is.");
        refresh.SetAction((_, ct) => RefreshAsync(context.Settings(), context.Time, ct));
        return new("networks", "Networks that are known to belong to mail scanners, crawlers and proxies.") { refresh };
    }

    public static async Task<int> RefreshAsync(TrackerSettings settings, TimeProvider time, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = AnswerWithin, MaxResponseContentBufferSize = MaxBytes };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("Tracker-network-lists");
        var lists = await new NetworkRefresh(settings, http, time).RunAsync(ct);
        foreach (var list in lists)
        {
            Console.WriteLine(list.Problem is null
                ? string.Create(CultureInfo.InvariantCulture, $"{list.Name}: {list.Ranges:N0} ranges from {list.Address}")
                : $"{list.Name}: NOT refreshed, the list so far stays. {list.Address}: {list.Problem}");
        }
        if (lists.Any(l => l.Problem is null))
        {
            Console.WriteLine("A running server reads them at its next start.");
        }
        return lists.All(l => l.Problem is null) ? 0 : CommandLine.Failed;
    }
}
