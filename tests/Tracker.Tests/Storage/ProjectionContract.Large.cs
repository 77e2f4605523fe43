using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tracker.Domain.Scoring;
using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Engagement;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Storage;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.Storage;

public abstract partial class ProjectionContract
{
    /// <summary>More than <see cref="QuietThread.WorthTwo"/>, so that two threads share the work.</summary>
    const int Many = QuietThread.WorthTwo + 201;

    /// <summary>Copies of one more mail, each with a prospect of its own.</summary>
    async Task<CopyId[]> CopiesAsync(int group)
    {
        await _rita.MailAsync(Mails.Proposal());
        var message = await _server.Database.ReadAsync(s => s.ScalarAsync<long>("select max(id) from messages"), Ct);
        var sent = _server.Time.GetUtcNow().Ms();
        CopyId[] copies = [.. Enumerable.Range(1, Many).Select(i => new CopyId(((UInt128)(ulong)group << 64) | (uint)i))];
        await _server.Database.WriteAsync(async s =>
        {
            await s.InsertAsync(
                "insert into prospects (email, rep_id, created_at_ms, updated_at_ms, heat_key) values",
                [.. copies.Select((_, i) => new object?[] { $"reader{i}@group{group}.example", 1L, sent, sent, HeatScale.Cold })]);
            var first = await s.ScalarAsync<long>("select min(id) from prospects where email like @like", new { like = $"%@group{group}.example" });
            await s.InsertAsync(
                "insert into copies (token, message_id, prospect_id, recipient, field, instrumented, opens_tracked, links_tracked, sent_at_ms) values",
                [.. copies.Select((c, i) => new object?[] { c.ToString(), message, first + i, $"reader{i}@group{group}.example", "to", 1L, 1L, 0L, sent })]);
        }, Ct);
        return copies;
    }

    /// <summary>A look at every copy, each from an address of its own.</summary>
    static JournalRecord[] Looks(CopyId[] copies, int from, DateTimeOffset at, Func<int, string> method) => [.. copies.Select((copy, i) => new JournalRecord(
        HitIds.Of(Node, from + i),
        new MadeHit(copy, at.AddMilliseconds(i)) { Method = method(i), Source = 1000 + i, Network = string.Create(CultureInfo.InvariantCulture, $"203.0.{i % 200}.0/24") }.ToBytes()))];

    [Fact]
    public async Task A_large_batch_which_two_threads_judge_gives_what_small_ones_give()
    {
        var (shared, alone) = (await CopiesAsync(1), await CopiesAsync(2));
        _server.Time.Advance(TimeSpan.FromHours(5));
        var now = _server.Time.GetUtcNow();
        string First(int i) => i % 3 == 0 ? "HEAD" : "GET";
        await StoreAsync(Looks(shared, 1, now.AddHours(-4), First));
        await StoreAsync(Looks(shared, 10_001, now.AddHours(-1), _ => "GET"));
        foreach (var some in Looks(alone, 20_001, now.AddHours(-4), First).Chunk(100).Concat(Looks(alone, 30_001, now.AddHours(-1), _ => "GET").Chunk(100)))
        {
            await StoreAsync(some);
        }
        async Task<IReadOnlyList<string>> OutcomeAsync(int group) => await _server.Database.ReadAsync(s => s.QueryAsync<string>("""
            select h.kind || ' ' || h.verdict || ' ' || h.confidence || ' ' || r.texts || ' ' || (case when h.previous_id is null then 'first' else 'again' end) || ' ' || c.human_hits || ' '
                   || c.automatic_hits || ' ' || c.unknown_hits || ' ' || p.looks || ' ' || p.sittings || ' ' || p.heat_key
            from hits h join reasons r on r.id = h.reason_id join copies c on c.id = h.copy_id join prospects p on p.id = c.prospect_id
            where c.recipient like @like order by h.id
            """, new { like = $"%@group{group}.example" }), Ct);
        var outcome = await OutcomeAsync(1);
        Assert.Equal(2 * Many, outcome.Count);
        Assert.Equal(await OutcomeAsync(2), outcome);
        // Who looked like a machine the first time is taken for it the second time: the second batch knew the first look of every copy.
        var second = outcome.Skip(Many).ToList();
        Assert.All(second, (text, i) => Assert.Equal(i % 3 == 0, text.Contains("scanned this mail before", StringComparison.Ordinal)));
        Assert.All(second, text => Assert.Contains(" again ", text, StringComparison.Ordinal));
    }

    /// <summary>Several full batches, each of which the projector prepares while it stores the one before; one of them fails and is stored hit by hit.</summary>
    [Fact]
    public async Task A_backlog_is_stored_once_though_one_of_its_batches_fails()
    {
        const int Hits = 3 * ProjectorPace.Most + 200, Bad = ProjectorPace.Most + 700;
        var copies = await CopiesAsync(1);
        // Sent hours ago: what comes as soon as a mail is out is nobody's yet.
        await _server.Database.WriteAsync(s => s.ExecuteAsync("update copies set sent_at_ms = sent_at_ms - 36000000"), Ct);
        await _server.DisposeAsync();
        await using (var journal = HitJournal.Open(new() { Folder = Path.Combine(_engine.DataFolder, "journal") }, TimeProvider.System, NullLogger<HitJournal>.Instance))
        {
            var at = TimeProvider.System.GetUtcNow().AddHours(-1);
            var looks = Enumerable.Range(0, 4).SelectMany(round => Looks(copies, 1, at.AddMinutes(round), _ => "GET")).Take(Hits - 1).ToList();
            // In the year 9999 no heat can be counted.
            looks.Insert(Bad, Looks(copies[..1], 1, DateTimeOffset.MaxValue, _ => "GET")[0]);
            var last = Task.FromResult(true);
            foreach (var look in looks)
            {
                last = journal.Append(look.Payload.Span).Recorded;
            }
            Assert.True(await last);
        }
        _server = await TestServer.StartAsync(_engine);
        await Until.TrueAsync(async () => await CountAsync("hits") + await CountAsync("hits_set_aside") >= Hits, "the backlog is stored", TimeSpan.FromSeconds(60));
        Assert.Equal((Hits - 1, 1), (await CountAsync("hits"), await CountAsync("hits_set_aside")));
        // Each copy's hits hang on one another in a row, and the copy counts them all.
        Assert.Equal(await CountAsync("copies where last_hit_id is not null"), await CountAsync("hits where previous_id is null"));
        Assert.Equal(Hits - 1, await CountAsync("(select distinct coalesce(previous_id, -copy_id) from hits) as places"));
        Assert.Equal(0, await CountAsync("copies c where last_hit_id <> (select max(id) from hits h where h.copy_id = c.id)"));
        Assert.Equal(0, await CountAsync("copies c where human_hits + automatic_hits + unknown_hits <> (select count(*) from hits h where h.copy_id = c.id)"));
    }

    [Fact]
    public async Task What_fails_on_either_thread_fails_the_work_and_not_the_process()
    {
        int[] things = [.. Enumerable.Range(0, Many)];
        foreach (var bad in new[] { 3, Many - 3 })
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => QuietThread.EachAsync(things, t =>
            {
                if (t == bad)
                {
                    throw new InvalidOperationException("a thing that cannot be done");
                }
            }));
        }
        var done = new int[Many];
        await QuietThread.EachAsync(things, t => done[t]++);
        Assert.All(done, d => Assert.Equal(1, d));
    }

    [Fact]
    public async Task A_thread_that_has_ended_is_not_asked_to_go_on()
    {
        var (inner, ended) = (Task.FromResult(0), new TaskCompletionSource());
        await QuietThread.RunAsync("outer", () =>
        {
            inner = QuietThread.GetAsync("inner", async () =>
            {
                await ended.Task;
                return 1;
            });
            return Task.CompletedTask;
        });
        ended.SetResult();
        Assert.Equal(1, await inner.WaitAsync(TimeSpan.FromSeconds(20), Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => QuietThread.GetAsync<int>("failing", () => throw new InvalidOperationException("at once")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => QuietThread.GetAsync<int>("failing", async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("later");
        }));
    }
}
