using Tracker.Feed;
using Tracker.Tests.Support;

namespace Tracker.Tests.Feed;

/// <summary>What streams share says at every place, to everybody, what the table says.</summary>
public abstract class FeedTailContract : FeedTest
{
    FeedTail Tail => (FeedTail)Server.Services.GetService(typeof(FeedTail))!;

    [Fact]
    public async Task It_says_what_the_table_says_whoever_asks_and_from_wherever()
    {
        var random = new Random(2026);
        var otto = (await Server.RepAsync("otto@example.com")).Id;
        var appended = 0;
        for (var round = 0; round < 40; round++)
        {
            var count = random.Next(1, 60);
            await AppendAsync(appended, count, random.Next(3) == 0 ? otto : RitaId);
            appended += count;
            await SameAsync(random, otto);
        }
    }

    [Fact]
    public async Task It_passes_over_what_is_too_much_for_it()
    {
        var random = new Random(2026);
        await AppendAsync(0, 1);
        await SameAsync(random, RitaId);
        await AppendAsync(1, 2_500);
        await SameAsync(random, RitaId);
        await AppendAsync(2_501, 700);
        await SameAsync(random, RitaId);
        await AppendAsync(3_201, 700);
        await SameAsync(random, RitaId);
    }

    [Fact]
    public async Task An_entry_for_everybody_who_writes_to_a_prospect_is_seen_by_them_alone()
    {
        await Rita.MailAsync("From: rita@example.com\r\nTo: jane@acme.example\r\nSubject: Offer\r\n\r\nHello\r\n");
        var otto = (await Server.RepAsync("otto@example.com")).Id;
        await Server.Database.WriteAsync(async s => await ((FeedLog)Server.Services.GetService(typeof(FeedLog))!).AppendAsync(
            s, [new FeedEntry("forwarded.likely", Server.Time.GetUtcNow(), null, await s.ScalarAsync<long>("select max(id) from prospects"), null, new { n = 0 })]), Ct);
        Assert.Single((await Tail.ReadAsync(new(RitaId, new Dictionary<string, string>()), 0, 200, Ct)).Rows, r => r.Type == "forwarded.likely");
        Assert.DoesNotContain((await Tail.ReadAsync(new(otto, new Dictionary<string, string>()), 0, 200, Ct)).Rows, r => r.Type == "forwarded.likely");
    }

    async Task SameAsync(Random random, long otto)
    {
        var last = await Server.Database.ReadAsync(FeedReader.LastIdAsync, Ct);
        foreach (var rep in new long?[] { null, RitaId, otto })
        {
            FeedFilter filter = new(rep, new Dictionary<string, string>());
            foreach (var after in new[] { 0, last, last - 1, random.NextInt64(last + 1), Math.Max(0, last - random.NextInt64(100)) })
            {
                var limit = random.Next(1, 250);
                var table = await Server.Database.ReadAsync(s => FeedReader.ReadAsync(s, filter, after, limit), Ct);
                var tail = await Tail.ReadAsync(filter, after, limit, Ct);
                Assert.Equal(table.Rows.Select(r => (r.Id, r.Type, r.Data)), tail.Rows.Select(r => (r.Id, r.Type, r.Data)));
                Assert.Equal(table.LookedTo, tail.LookedTo);
            }
        }
    }
}

public sealed class FeedTailOnSqlite : FeedTailContract
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class FeedTailOnPostgres : FeedTailContract
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
