using Microsoft.Data.Sqlite;
using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Storage;

/// <summary>SQLite's writer: values come back as they went in, and no run sees what another left.</summary>
public sealed class KeptStatementTests : StorageTest
{
    sealed class Values
    {
        public long Whole { get; init; }

        public double Real { get; init; }

        public string Text { get; init; } = "";

        public byte[] Bytes { get; init; } = [];

        public bool Truth { get; init; }

        public long? Missing { get; init; }
    }

    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();

    [Theory]
    [InlineData(long.MinValue, double.Epsilon, "", new byte[0], false)]
    [InlineData(long.MaxValue, -1.5e300, "Grüße 🙂 日本", new byte[] { 0, 255, 0 }, true)]
    [InlineData(0L, 0.0, "a\0b", new byte[] { 0 }, false)]
    public async Task Values_come_back_as_they_went_in(long whole, double real, string text, byte[] bytes, bool truth)
    {
        await Database.WriteAsync(async s =>
        {
            await s.ExecuteAsync("create table v (whole integer, real real, text text, bytes blob, truth integer, missing integer)");
            var none = (long?)null;
            Assert.Equal(1, await s.ExecuteAsync("insert into v values (@whole, @real, @text, @bytes, @truth, @none)", new { whole, real, text, bytes, truth, none }));
            Assert.Single(await s.EachAsync("insert into v values (@p0, @p1, @p2, @p3, @p4, @p5) returning rowid", [[whole, real, text, bytes, truth ? 1L : 0L, null]]));
            foreach (var row in await s.QueryAsync<Values>("select whole, real, text, bytes, truth, missing from v"))
            {
                Assert.Equivalent(new Values { Whole = whole, Real = real, Text = text, Bytes = bytes, Truth = truth }, row, strict: true);
            }
            var read = await s.ReadAsync("select whole, real, text, missing from v", null, r => (r.GetInt64(0), r.GetDouble(1), r.GetString(2), r.IsDBNull(3), Whole: r.Whole(3)));
            Assert.Equal([(whole, real, text, true, (long?)null), (whole, real, text, true, null)], read);
        }, Ct);
    }

    [Fact]
    public async Task A_parameter_without_a_value_is_an_error_and_not_the_value_of_the_run_before()
    {
        await Database.WriteAsync(async s =>
        {
            const string Sql = "select @a + @b";
            Assert.Equal(3, await s.ScalarAsync<long>(Sql, new { a = 1L, b = 2L }));
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => s.ScalarAsync<long>(Sql, new { a = 1L }));
            Assert.Contains(Sql, error.Message, StringComparison.Ordinal);
        }, Ct);
    }

    [Fact]
    public async Task A_statement_that_failed_runs_again()
    {
        await Database.WriteAsync(async s =>
        {
            await s.ExecuteAsync("create table once (id integer primary key)");
            const string Sql = "insert into once (id) values (@id)";
            await s.ExecuteAsync(Sql, new { id = 1L });
            Assert.Equal(19, (await Assert.ThrowsAsync<SqliteException>(() => s.ExecuteAsync(Sql, new { id = 1L }))).SqliteErrorCode);
            Assert.Equal(19, (await Assert.ThrowsAsync<SqliteException>(() => s.EachAsync("insert into once (id) values (@p0)", [[2L], [1L]]))).SqliteErrorCode);
            await s.ExecuteAsync(Sql, new { id = 3L });
            Assert.Equal([1, 2, 3], await s.QueryAsync<long>("select id from once order by id"));
        }, Ct);
    }

    [Fact]
    public async Task A_script_runs_whole_and_a_changed_table_is_seen()
    {
        await Database.WriteAsync(async s =>
        {
            await s.ExecuteAsync("create table a (x integer); insert into a values (1); insert into a values (2);");
            Assert.Equal(3, await s.ScalarAsync<long>("select sum(x) from a"));
            await s.ExecuteAsync("alter table a add column y text not null default 'new'");
            Assert.Equal(2, await s.ExecuteAsync("update a set x = x + 1"));
            Assert.Equal(["new", "new"], await s.QueryAsync<string>("select y from a"));
        }, Ct);
    }

    [Fact]
    public async Task What_is_not_stored_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Database.WriteAsync(s => s.EachAsync("select @p0", [[DateTimeOffset.UnixEpoch]]), Ct));

    /// <summary>What is left to the collector is ended on a thread of its own, while another session has the connection.</summary>
    [Fact]
    public async Task A_session_leaves_no_statement_behind()
    {
        await Database.WriteAsync(s => s.ExecuteAsync("create table t (x integer)"), Ct);
        await using var connection = new SqliteConnection($"Data Source={Database.SqliteFile};Pooling=False");
        await connection.OpenAsync(Ct);
        connection.Handle!.enable_sqlite3_next_stmt(true);
        var session = new Session(connection, null, Dialect.Sqlite, Ct);
        await session.ReadAsync("select x from t", null, r => r.GetInt64(0));
        await session.QueryAsync<long>("select x from t");
        await session.FirstAsync<long?>("select x from t");
        await session.ScalarAsync<long?>("select x from t");
        await session.ExecuteAsync("insert into t values (1)");
        await session.InsertAsync("insert into t values", [[1L], [2L]]);
        await Assert.ThrowsAsync<FormatException>(() => session.ReadAsync<long>("select x from t", null, _ => throw new FormatException()));
        Assert.Null(SQLitePCL.raw.sqlite3_next_stmt(connection.Handle!, null!));
    }
}
