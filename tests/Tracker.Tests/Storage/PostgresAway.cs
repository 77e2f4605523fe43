using Npgsql;
using Tracker.Tests.Support;

namespace Tracker.Tests.Storage;

/// <summary>PostgreSQL restarts, is switched over, or goes away: hits are kept and come in afterwards, each once, none set aside.</summary>
public sealed class PostgresAway : IAsyncLifetime
{
    Engine _engine = null!;
    TestServer _server = null!;
    ApiClient _rita = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await Engine.PostgresAsync();
        _server = await TestServer.StartAsync(_engine);
        _rita = await _server.RepClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _server.DisposeAsync();
            await _engine.DisposeAsync();
        }
    }

    string Name => new NpgsqlConnectionStringBuilder(_engine.ConnectionString).Database!;

    static async Task AdminAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("TRACKER_TEST_POSTGRES")!);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }

    Task TerminateAsync() => AdminAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{Name}'");

    Task<long> CountAsync(string from) => _server.Database.ReadAsync(s => s.ScalarAsync<long>($"select count(*) from {from}"), Ct)!;

    async Task AllStoredAsync(int hits)
    {
        await Until.TrueAsync(async () =>
        {
            try
            {
                return await CountAsync("hits") + await CountAsync("hits_set_aside") >= hits;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }, "every hit is stored");
        Assert.Equal((hits, 0), (await CountAsync("hits"), await CountAsync("hits_set_aside")));
    }

    [Theory]
    [InlineData("57P01", true)]
    [InlineData("57P02", true)]
    [InlineData("57P03", true)]
    [InlineData("57014", true)]
    [InlineData("25006", true)]
    [InlineData("3D000", true)]
    [InlineData("40001", true)]
    [InlineData("53300", true)]
    [InlineData("23505", false)]
    [InlineData("22021", false)]
    [InlineData("42P01", false)]
    public void What_an_operator_does_is_told_from_what_a_record_does(string state, bool away) =>
        Assert.Equal(away, Tracker.Storage.Dialect.Postgres.IsUnavailable(new PostgresException("", "", "", state)));

    [Fact]
    public async Task Connections_that_are_cut_all_the_time_cost_no_hit()
    {
        var url = (await _rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl");
        const int Rounds = 25, Each = 8;
        for (var round = 0; round < Rounds; round++)
        {
            var visits = Task.WhenAll(Enumerable.Range(0, Each).Select(_ => _server.VisitAsync(url)));
            await TerminateAsync();
            Assert.All(await visits, v => Assert.Equal(System.Net.HttpStatusCode.OK, v.StatusCode));
            await TerminateAsync();
        }
        await AllStoredAsync(Rounds * Each);
    }

    [Fact]
    public async Task A_database_that_is_away_for_a_while_gets_its_hits_when_it_is_back()
    {
        var url = (await _rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl");
        var away = Name + "_away";
        await Until.TrueAsync(async () =>
        {
            await TerminateAsync();
            try
            {
                await AdminAsync($"alter database {Name} rename to {away}");
                return true;
            }
            catch (PostgresException)
            {
                return false;   // somebody has connected again in between
            }
        }, "the database is away");
        foreach (var visit in await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _server.VisitAsync(url))))
        {
            Assert.Equal(System.Net.HttpStatusCode.OK, visit.StatusCode);
        }
        await Until.TrueAsync(async () => (await _server.Http.GetAsync("/health/ready", Ct)).StatusCode == System.Net.HttpStatusCode.ServiceUnavailable, "the server says it is not ready");
        await AdminAsync($"alter database {away} rename to {Name}");
        await AllStoredAsync(50);
        await Until.TrueAsync(async () => (await _server.Http.GetAsync("/health/ready", Ct)).StatusCode == System.Net.HttpStatusCode.OK, "the server is ready again");
    }
}
