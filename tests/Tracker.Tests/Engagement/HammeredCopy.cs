using Tracker.Engagement;
using Tracker.Tests.Feed;
using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

/// <summary>A copy that a program fetches without end.</summary>
public abstract class HammeredCopyContract : FeedTest
{
    [Fact]
    public async Task A_time_line_tells_the_latest_hits_of_it_up_to_the_limit()
    {
        var message = await Rita.MailAsync("From: rita@example.com\r\nTo: jane@acme.example\r\nSubject: Offer\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n");
        await Server.VisitAsync(message.Text("copies", 0, "openUrl"));
        var first = await HitAsync();
        const int More = Timelines.MostOfCopy + 9;
        await Server.Database.WriteAsync(async s =>
        {
            await s.ExecuteAsync("""
                insert into hits (id, copy_id, previous_id, at_ms, kind, link, method, client_id, network_id, source_prefix, source_hash, own_visit, other_copies, verdict, confidence, reason_id, rules_version)
                with recursive n (i) as (select 1 union all select i + 1 from n where i < @more)
                select id + i, copy_id, id + i - 1, at_ms + i, kind, link, method, client_id, network_id, source_prefix, source_hash, own_visit, other_copies, verdict, confidence, reason_id, rules_version
                from hits, n where id = @first
                """, new { more = More, first });
            await s.ExecuteAsync("update copies set last_hit_id = @last", new { last = first + More });
        }, Ct);
        var told = new List<long>();
        for (var path = "/messages/1/timeline?limit=1000"; path is not null;)
        {
            var page = await Rita.GetAsync(path);
            told.AddRange(page["items"]!.AsArray().Select(i => long.Parse(i!.Text("hitId"), System.Globalization.CultureInfo.InvariantCulture)));
            path = (string?)page["next"] is { } next ? $"/messages/1/timeline?limit=1000&after={Uri.EscapeDataString(next)}" : null;
        }
        Assert.Equal(Enumerable.Range(10, Timelines.MostOfCopy).Select(i => first + i), told);
    }

    async Task<long> HitAsync()
    {
        var id = 0L;
        await Until.TrueAsync(async () => (id = await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select coalesce(max(id), 0) from hits"), Ct)) > 0, "the hit is stored");
        return id;
    }
}

public sealed class HammeredCopyOnSqlite : HammeredCopyContract
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class HammeredCopyOnPostgres : HammeredCopyContract
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
