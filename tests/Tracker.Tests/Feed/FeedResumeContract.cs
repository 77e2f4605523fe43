using System.Globalization;
using System.Text.Json.Nodes;
using Tracker.Tests.Support;

namespace Tracker.Tests.Feed;

/// <summary>Whoever reads the feed misses nothing, sees nothing twice, and holds nobody up.</summary>
public abstract class FeedResumeContract : FeedTest
{
    [Fact]
    public async Task A_hundred_disconnects_leave_no_gap_and_repeat_nothing()
    {
        const int Entries = 2_000;
        var writing = Task.Run(async () =>
        {
            for (var n = 0; n < Entries; n += 5)
            {
                await AppendAsync(n, 5);
            }
        }, Ct);
        var random = new Random(2026);
        var (numbers, lastId, connections) = (new List<int>(), 0L, 0);
        while (numbers.Count < Entries)
        {
            await using var feed = await FeedClient.OpenAsync(Rita, lastId);
            Assert.Equal("ready", (await feed.NextAsync()).Type);
            connections++;
            for (var left = random.Next(0, 40); left > 0 && numbers.Count < Entries; left--)
            {
                var next = await feed.NextAsync("hit");
                Assert.True(next.Id > lastId, $"{next.Id} after {lastId}");
                lastId = next.Id;
                numbers.Add(NumberOf(next));
            }
        }
        await writing;
        Assert.True(connections >= 100, $"only {connections} connections");
        NoGapNoRepeat(numbers, Entries);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_nobody_up_and_misses_nothing()
    {
        const int Entries = 3_000;
        using var stuck = await Rita.Http.SendAsync(StreamRequest(0), HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var quick = await FeedClient.OpenAsync(Rita, 0);
        // About 12 MB, more than the sockets between take.
        var padding = new string('x', 4_000);
        for (var n = 0; n < Entries; n += 100)
        {
            await AppendAsync(n, 100, padding: padding);
        }
        NoGapNoRepeat(await TakeAsync(quick, Entries), Entries);

        // Now it reads; if it was cut off meanwhile, it comes back with the last id it saw.
        var (numbers, lastId) = await ReadToEndAsync(stuck, Entries);
        if (numbers.Count < Entries)
        {
            await using var again = await FeedClient.OpenAsync(Rita, lastId);
            numbers.AddRange(await TakeAsync(again, Entries - numbers.Count));
        }
        NoGapNoRepeat(numbers, Entries);
    }

    static HttpRequestMessage StreamRequest(long lastId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feed");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    static async Task<(List<int> Numbers, long LastId)> ReadToEndAsync(HttpResponseMessage response, int count)
    {
        var (numbers, id, last) = (new List<int>(), 0L, 0L);
        try
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
            while (numbers.Count < count && await reader.ReadLineAsync(Ct) is { } line)
            {
                id = line.StartsWith("id: ", StringComparison.Ordinal) ? long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture) : id;
                if (line.StartsWith("data: {\"n\"", StringComparison.Ordinal))
                {
                    numbers.Add((int)JsonNode.Parse(line["data: ".Length..])!["n"]!);
                    last = id;
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or System.Text.Json.JsonException)
        {
            // Cut off in the middle; what was whole counts.
        }
        return (numbers, last);
    }
}

public sealed class FeedResumeOnSqlite : FeedResumeContract
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class FeedResumeOnPostgres : FeedResumeContract
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
