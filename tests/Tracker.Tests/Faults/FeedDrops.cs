using System.Net.Sockets;
using System.Threading.Channels;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>D10: a reader of the feed drops its connection again and again, the server is killed or stopped under load, and the last id is all that is remembered.</summary>
public sealed class FeedDrops : CommandTests
{
    const int PerSecond = 200;

    sealed record Entry
    {
        public long Id { get; init; }
    }

    /// <summary>What the reader has seen. It alone writes to it; the test looks at the counts.</summary>
    sealed class Seen
    {
        public List<long> Ids { get; } = [];
        public List<double> Lags { get; } = [];

        /// <summary>Of what came in after the server's start; the others waited for that start too.</summary>
        public List<double> LagsWithoutRestart { get; } = [];

        public DateTimeOffset Since { get; set; }
        public int Drops { get; set; }
    }

    [Fact]
    public async Task Whoever_comes_back_with_the_last_id_misses_nothing_and_sees_nothing_twice()
    {
        using var campaign = new Campaign(Path.Combine(Folder, "data"));
        await campaign.PrepareAsync();
        var key = (await OutAsync(["keys", "create", "--name", "r", "--scope", "read", "--rep", "rita@example.com", .. campaign.Settings])).Trim();
        var (drops, lives) = (Rounds.Of(12, 100), Rounds.Of(3, 6));
        var seen = new Seen();
        for (var life = 0; life < lives; life++)
        {
            var (server, address) = await TrackerProcess.ServeAsync(Folder, campaign.Settings);
            await using (server)
            {
                seen.Since = TimeProvider.System.GetUtcNow();
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
                var reader = ReadAsync(new(address, key), seen, stop.Token);
                using var enough = new CancellationTokenSource();
                var load = campaign.LoadAsync(address, 4, enough.Token, goes: true, perSecond: PerSecond);
                await Until.TrueAsync(() => seen.Drops >= (life + 1) * drops / lives || reader.IsCompleted, () => $"the reader drops {drops / lives} connections", TimeSpan.FromSeconds(120));
                if (life == lives - 1)
                {
                    await enough.CancelAsync();
                    await load;
                    await campaign.AllThereAsync();
                    var last = (await StoredAsync())[^1];
                    await Until.TrueAsync(() => seen.Ids.Count > 0 && seen.Ids[^1] >= last || reader.IsCompleted, "the reader has the last entry");
                    await stop.CancelAsync();
                }
                else if (life % 2 == 0)
                {
                    server.Process.Kill();
                }
                else
                {
                    await server.TerminateAsync();
                    Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
                }
                await load;
                await reader;
            }
        }
        Assert.Equal(await StoredAsync(), seen.Ids);
        Campaign.Say($"D10: {seen.Drops} drops and {lives - 1} restarts at {PerSecond}/s, {seen.Ids.Count} events: 0 missed, 0 repeated; from request to event {Campaign.Spread(seen.LagsWithoutRestart)}; with those that waited for a restart {Campaign.Spread(seen.Lags)}");
    }

    async Task<List<long>> StoredAsync()
    {
        await using var database = new Database("", Path.Combine(Folder, "data"));
        return [.. (await database.ReadAsync(s => s.QueryAsync<Entry>("select id from feed order by id"), Ct)).Select(e => e.Id)];
    }

    /// <summary>Reads some events, hangs up, comes back; until the server is gone or the token says stop.</summary>
    static async Task ReadAsync(ApiClient client, Seen seen, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await using var feed = await FeedClient.OpenAsync(client, seen.Ids.Count > 0 ? seen.Ids[^1] : 0);
                for (var left = Random.Shared.Next(1, 400); left > 0; left--)
                {
                    var next = await feed.TakeAsync(stop);
                    if (next.Type == "ready")
                    {
                        continue;
                    }
                    seen.Ids.Add(next.Id);
                    if (next.Type == "hit")
                    {
                        var at = DateTimeOffset.Parse(next.Data.Text("at"), System.Globalization.CultureInfo.InvariantCulture);
                        seen.Lags.Add((TimeProvider.System.GetUtcNow() - at).TotalMilliseconds);
                        if (at >= seen.Since)
                        {
                            seen.LagsWithoutRestart.Add(seen.Lags[^1]);
                        }
                    }
                }
                seen.Drops++;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException or HttpRequestException or SocketException)
        {
            // Told to stop, or the server is gone.
        }
    }
}
