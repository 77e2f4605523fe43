using System.Globalization;
using Microsoft.Data.Sqlite;
using Tracker.Domain.Scoring;
using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Engagement;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Prompts;
using Tracker.Storage;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.Storage;

/// <summary>What is read ahead for the next batch is never older than what the next batch would have read itself.</summary>
public sealed class ReadAheadTests : IAsyncLifetime
{
    const int Node = 7, Copies = 12, Prospects = 6, Messages = 3;

    /// <summary>A server with a database of its own.</summary>
    sealed record Side(Engine Engine, TestServer Server)
    {
        public Projection Projection => (Projection)Server.Services.GetService(typeof(Projection))!;

        public PromptBook Prompts => (PromptBook)Server.Services.GetService(typeof(PromptBook))!;
    }

    readonly MovableTime _time = new();
    readonly List<Side> _sides = [];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _time.Stop();
        for (var i = 0; i < 2; i++)
        {
            var engine = await Engine.SqliteAsync();
            var server = await TestServer.StartAsync(engine, _time);
            _sides.Add(new(engine, server));
            await FillAsync(server);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var side in _sides)
        {
            await side.Server.DisposeAsync();
            await side.Engine.DisposeAsync();
        }
    }

    static CopyId Token(int copy) => new(((UInt128)1 << 64) | (uint)copy);

    async Task FillAsync(TestServer server)
    {
        var rita = await server.RepClientAsync();
        for (var i = 0; i < Messages; i++)
        {
            await rita.MailAsync(Mails.Proposal(subject: $"Offer {i}"));
        }
        var sent = _time.GetUtcNow().Ms();
        await server.Database.WriteAsync(async s =>
        {
            await s.InsertAsync(
                "insert into prospects (id, email, rep_id, created_at_ms, updated_at_ms, heat_key) values",
                [.. Enumerable.Range(0, Prospects).Select(i => new object?[] { 1000L + i, $"reader{i}@ahead.example", 1L, sent, sent, HeatScale.Cold })]);
            await s.InsertAsync(
                "insert into copies (id, token, message_id, prospect_id, recipient, field, instrumented, opens_tracked, links_tracked, sent_at_ms) values",
                [.. Enumerable.Range(0, Copies).Select(i => new object?[]
                {
                    1000L + i, Token(i).ToString(), 1L + (i % Messages), 1000L + (i % Prospects), $"reader{i % Prospects}@ahead.example", "to", 1L, 1L, 2L, sent,
                })]);
        }, Ct);
    }

    static JournalRecord Record(int id, int copy, int source, HitKind kind, string method, DateTimeOffset at) => new(
        HitIds.Of(Node, id), new MadeHit(Token(copy), at) { Kind = kind, Link = kind == HitKind.Click ? id % 2 : 0, Method = method, Source = 1000 + source, Network = $"203.0.{source}.0/24" }.ToBytes());

    static JournalRecord[] Batch(Random random, ref int id, DateTimeOffset at)
    {
        var records = new JournalRecord[random.Next(1, 9)];
        for (var i = 0; i < records.Length; i++)
        {
            id++;
            var copy = random.Next(Copies);
            // Sometimes one source is at everybody's copies.
            var source = random.Next(4) == 0 ? 99 : copy;
            records[i] = random.Next(300) == 0
                ? new(HitIds.Of(Node, id), new RefusalWish(Token(copy), at, RefusalWish.Page).ToBytes())
                : Record(id, copy, source, random.Next(3) == 0 ? HitKind.Click : HitKind.Open, random.Next(12) == 0 ? "HEAD" : "GET", at.AddSeconds(-random.Next(15)));
        }
        return records;
    }

    /// <summary>What other parts of the program, or another program, may write between two batches.</summary>
    Func<Side, Task> Between(Random random)
    {
        var (what, message, skip) = (random.Next(8), 1L + random.Next(Messages), random.Next(20));
        return async side =>
        {
            var database = side.Server.Database;
            switch (what)
            {
                case 0:
                    await database.WriteAsync(s => ThreadViews.NoteAsync(s, message, _time.GetUtcNow(), _time.GetUtcNow()), Ct);
                    break;
                case 1:
                    await database.WriteAsync(s => s.ExecuteAsync("update messages set muted_at_ms = @now where id = @message", new { message, now = _time.GetUtcNow().Ms() }), Ct);
                    break;
                case 2:
                    await WriteFromOutsideAsync(database, $"update hits set own_visit = 2 where id = (select id from hits order by id desc limit 1 offset {skip})");
                    break;
                case 3:
                    await database.WriteAsync(s => s.ExecuteAsync("update hits set method = 'HEAD' where id = (select id from hits order by id desc limit 1 offset @skip)", new { skip = (long)skip }), Ct);
                    break;
            }
        };
    }

    static async Task WriteFromOutsideAsync(Database database, string sql)
    {
        await using var outside = new SqliteConnection($"Data Source={database.SqliteFile};Pooling=false");
        await outside.OpenAsync(Ct);
        await using var command = outside.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>What the server does within a second, now: at another moment it may come to something else.</summary>
    async Task ChoresAsync(Side side)
    {
        var (database, now) = (side.Server.Database, _time.GetUtcNow());
        while (await database.ReadAsync(Projection.NextDueAsync, Ct) <= now)
        {
            await database.WriteAsync(s => side.Projection.ReviewDueAsync(s, now), Ct);
        }
        if (await database.ReadAsync(s => PromptBook.AnyDueAsync(s, now), Ct))
        {
            await database.WriteAsync(s => side.Prompts.TickAsync(s, now), Ct);
        }
    }

    static async Task<List<string>> OutcomeAsync(Database database)
    {
        var outcome = new List<string>();
        foreach (var sql in new[]
        {
            "select h.id || ' ' || h.copy_id || ' ' || coalesce(h.previous_id, 0) || ' ' || h.verdict || ' ' || h.confidence || ' ' || r.texts || ' ' || h.other_copies || ' ' || h.own_visit from hits h join reasons r on r.id = h.reason_id order by h.id",
            "select id || ' ' || human_hits || ' ' || automatic_hits || ' ' || unknown_hits || ' ' || coalesce(last_hit_id, 0) || ' ' || coalesce(first_hit_at_ms, 0) || ' ' || coalesce(forwarded_at_ms, 0) from copies where id >= 1000 order by id",
            "select id || ' ' || heat_key || ' ' || looks || ' ' || clicks || ' ' || sittings || ' ' || coalesce(last_hit_id, 0) from prospects where id >= 1000 order by id",
            "select id || ' ' || prospect_id || ' ' || hit_id || ' ' || state || ' ' || reasons from prompts order by id",
            "select hit_id || ' held until ' || due_at_ms from held_hits order by hit_id",
            "select type || ' ' || data from feed where prospect_id >= 1000 order by id",
        })
        {
            outcome.AddRange(await database.ReadAsync(s => s.QueryAsync<string>(sql), Ct));
        }
        return outcome;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_batches_give_with_it_what_they_give_without(int seed)
    {
        var random = new Random(seed);
        var id = 0;
        _time.Advance(TimeSpan.FromHours(5));
        var batch = Batch(random, ref id, _time.GetUtcNow());
        for (var n = 0; n < 150; n++)
        {
            var later = random.Next(3) == 0 ? TimeSpan.FromMinutes(random.Next(90)) : TimeSpan.FromMilliseconds(random.Next(3000));
            var next = Batch(random, ref id, _time.GetUtcNow() + later);
            await Store(_sides[0], batch, next);
            await Store(_sides[1], batch, null);
            var between = Between(random);
            foreach (var side in _sides)
            {
                await ChoresAsync(side);
                await between(side);
                await ChoresAsync(side);
            }
            _time.Advance(later);
            await Task.WhenAll(_sides.Select(ChoresAsync));
            batch = next;
        }
        var (with, without) = (await OutcomeAsync(_sides[0].Server.Database), await OutcomeAsync(_sides[1].Server.Database));
        Assert.True(without.Count > 1000, $"only {without.Count} facts");
        Assert.Equal(without, with);

        static Task Store(Side side, JournalRecord[] batch, JournalRecord[]? next) =>
            side.Server.Database.WriteAsync(s => side.Projection.StoreAsync(s, Node, batch, next), Ct);
    }

    [Fact]
    public async Task It_holds_after_one_batch_and_after_nothing_else()
    {
        // Without a server, which writes now and then.
        await _sides[0].Server.DisposeAsync();
        await using var database = new Database("", _sides[0].Engine.DataFolder);
        var now = _time.GetUtcNow();
        JournalRecord[] next = [Record(1, 1, 1, HitKind.Open, "GET", now), Record(2, 2, 2, HitKind.Open, "GET", now), new(HitIds.Of(Node, 3), new byte[] { 0 })];
        var ahead = new ReadAhead();
        Task<StoredCopies> BatchAsync(IReadOnlyList<JournalRecord>? after, params long[] changes) => database.WriteAsync(async s =>
        {
            var known = await ahead.GoOnAsync(s, after);
            ahead.Changes(changes);
            await s.ExecuteAsync("update copies set human_hits = human_hits + 1 where id = 1001");
            return known;
        }, Ct);

        Assert.Same(StoredCopies.None, await BatchAsync(next));
        var known = await BatchAsync(next, 1001);
        Assert.Equal([1001L, 1002L], known.Copies.Select(c => c.Id).Order());
        known = await BatchAsync(next); // The batch before changed one of the two.
        Assert.Equal([1002L], known.Copies.Select(c => c.Id));

        await database.BetweenWritesAsync(s => WalCheckpoints.EmptyAsync(s, "truncate"), Ct);
        Assert.NotSame(StoredCopies.None, await BatchAsync(next)); // The log was emptied, and nothing was written.

        await database.WriteAsync(s => s.ExecuteAsync("update copies set unknown_hits = unknown_hits + 1 where id = 1000"), Ct);
        Assert.Same(StoredCopies.None, await BatchAsync(next)); // Somebody else in this process.

        await WriteFromOutsideAsync(database, "update copies set unknown_hits = unknown_hits + 1 where id = 1000");
        Assert.Same(StoredCopies.None, await BatchAsync(next)); // Another process.

        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync(_ => throw new InvalidOperationException("a batch that cannot be stored"), Ct));
        Assert.Same(StoredCopies.None, await BatchAsync(next)); // A batch that failed, after which another connection writes.
        Assert.NotSame(StoredCopies.None, await BatchAsync(null));
        Assert.Same(StoredCopies.None, await BatchAsync(null)); // Nothing was read.
    }

    [Fact]
    public async Task A_reading_that_failed_fails_only_the_batch_that_would_use_it()
    {
        await _sides[0].Server.DisposeAsync();
        await using var database = new Database("", _sides[0].Engine.DataFolder);
        var ahead = new ReadAhead();
        JournalRecord[] next = [Record(1, 1, 1, HitKind.Open, "GET", _time.GetUtcNow())];
        Task<StoredCopies> BatchAsync(IReadOnlyList<JournalRecord>? after) => database.WriteAsync(s => ahead.GoOnAsync(s, after), Ct);

        await WriteFromOutsideAsync(database, "alter table copies rename to copies_away");
        await BatchAsync(next);
        await Assert.ThrowsAsync<SqliteException>(() => BatchAsync(null));
        await BatchAsync(next);
        await WriteFromOutsideAsync(database, "alter table copies_away rename to copies");
        Assert.Same(StoredCopies.None, await BatchAsync(next));
        Assert.Single((await BatchAsync(next)).Copies);
        await ahead.WaitAsync();
    }
}
