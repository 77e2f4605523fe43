using System.Data.Common;
using Tracker.Tests.Support;

namespace Tracker.Tests.Storage;

/// <summary>What the rest relies on, the same on both engines.</summary>
public abstract class StorageContract : StorageTest
{
    [Fact]
    public async Task Writers_take_turns_and_no_count_is_lost()
    {
        await MigrateAsync();
        await Database.WriteAsync(s => s.ExecuteAsync("insert into settings_seen (name, value) values ('n', '0')"), Ct);
        // Two of them as two processes would be: each with a turn-taking of its own, so that only the database keeps them apart.
        await using var second = Open();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 20; n++)
            {
                await (i % 2 == 0 ? Database : second).WriteAsync(async s =>
                {
                    var seen = long.Parse((await s.ScalarAsync<string>("select value from settings_seen where name = 'n'"))!, System.Globalization.CultureInfo.InvariantCulture);
                    await Task.Yield();
                    await s.ExecuteAsync("update settings_seen set value = @next where name = 'n'", new { next = (seen + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) });
                }, Ct);
            }
        }, Ct)));
        Assert.Equal("200", await Database.ReadAsync(s => s.ScalarAsync<string>("select value from settings_seen where name = 'n'"), Ct));
    }

    [Fact]
    public async Task What_waits_for_the_commit_runs_after_it_and_not_when_it_fails()
    {
        await MigrateAsync();
        long? seen = null;
        await Database.WriteAsync(async s =>
        {
            s.AfterCommit(() => seen = CountAsync("settings_seen").GetAwaiter().GetResult());
            await s.ExecuteAsync("insert into settings_seen (name, value) values ('a', 'b')");
            Assert.Null(seen);
        }, Ct);
        Assert.Equal(1, seen);

        var ran = false;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync(async s =>
        {
            s.AfterCommit(() => ran = true);
            await s.ExecuteAsync("insert into settings_seen (name, value) values ('c', 'd')");
            throw new InvalidOperationException("changed my mind");
        }, Ct));
        Assert.False(ran);
        Assert.Equal(1, await CountAsync("settings_seen"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.ReadAsync(s =>
        {
            s.AfterCommit(() => { });
            return Task.FromResult(0);
        }, Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4_000)]
    [InlineData(4_001)]
    [InlineData(40_000)]
    public async Task More_rows_go_in_than_a_statement_takes_parameters(int rows)
    {
        await MigrateAsync();
        await Database.WriteAsync(s => s.InsertAsync(
            "insert into settings_seen (name, value) values", [.. Enumerable.Range(0, rows).Select(i => new object?[] { $"n{i}", $"v{i}" })], "on conflict do nothing"), Ct);
        Assert.Equal(rows, await CountAsync("settings_seen"));
        Assert.Equal(rows, await Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from settings_seen where substr(name, 2) = substr(value, 2)"), Ct));
    }

    [Fact]
    public async Task A_second_live_prompt_of_a_prospect_is_refused_by_the_database_itself()
    {
        await MigrateAsync();
        await Database.WriteAsync(async s =>
        {
            await s.ExecuteAsync("insert into reps (email, name, created_at_ms) values ('r@x.example', 'R', 1)");
            await s.ExecuteAsync("insert into prospects (email, created_at_ms, updated_at_ms, heat_key) values ('p@x.example', 1, 1, 0)");
            await s.ExecuteAsync("insert into messages (rep_id, kind, subject, text_fingerprint, metadata, created_at_ms) values (1, 'mail', 'S', '', '{}', 1)");
        }, Ct);
        Task RaiseAsync(string state) => Database.WriteAsync(s => s.ExecuteAsync($"""
            insert into prompts (prospect_id, rep_id, message_id, hit_id, state, advice, reasons, raised_at_ms, refreshed_at_ms, expires_at_ms)
            values (1, 1, 1, 1, '{state}', '', '[]', 1, 1, 1)
            """), Ct);
        await RaiseAsync("expired");
        await RaiseAsync("open");
        await RaiseAsync("answered");
        foreach (var state in new[] { "open", "snoozed" })
        {
            await Assert.ThrowsAnyAsync<DbException>(() => RaiseAsync(state));
        }
        await Assert.ThrowsAnyAsync<DbException>(() => RaiseAsync("of another kind"));
        Assert.Equal(3, await CountAsync("prompts"));
    }

    [Fact]
    public async Task A_reader_that_polls_the_feed_never_misses_an_entry_of_parallel_writers()
    {
        await MigrateAsync();
        await using var second = Open();
        const int Writers = 8, Each = 40;
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await (w % 2 == 0 ? Database : second).WriteAsync(async s =>
                {
                    await s.ExecuteAsync("insert into feed (at_ms, type, data) values (1, 't', '{}')");
                    await Task.Yield();
                }, Ct);
            }
        }, Ct)));
        var seen = new List<long>();
        await Until.TrueAsync(async () =>
        {
            var after = seen.Count == 0 ? 0 : seen[^1];
            seen.AddRange(await Database.ReadAsync(s => s.QueryAsync<long>("select id from feed where id > @after order by id", new { after }), Ct));
            return writing.IsCompleted && seen.Count >= Writers * Each;
        }, "all entries were seen");
        await writing;
        Assert.Equal(Writers * Each, seen.Distinct().Count());
    }
}

public sealed class StorageOnSqlite : StorageContract
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class StorageOnPostgres : StorageContract
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
