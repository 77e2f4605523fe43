using System.Net;
using System.Net.Sockets;
using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Mail that is out goes on working whatever happens to the database.</summary>
public sealed class WithoutDatabase
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pixels_and_links_answer_and_their_hits_are_there_when_it_comes_back()
    {
        await using var engine = await Engine.PostgresAsync();
        Urls urls;
        string key;
        await using (var before = await TestServer.StartAsync(engine))
        {
            var rita = await before.RepClientAsync();
            var copy = (await rita.MailAsync(Mails.Proposal())).At("copies", 0)!;
            (urls, key) = (new(new Uri(copy.Text("openUrl")).PathAndQuery, new Uri(copy.Text("links", 0, "trackedUrl")).PathAndQuery), rita.Key);
        }

        // A port that nobody listens on until the database "comes up" behind it.
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var away = new Npgsql.NpgsqlConnectionStringBuilder(engine.ConnectionString) { Host = "127.0.0.1", Port = port }.ConnectionString;
        await using var server = await TestServer.LaunchAsync(engine, null, ("ConnectionStrings:Tracker", away));
        var client = new ApiClient(server.Address, key);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.VisitAsync(urls.Open)).StatusCode);
            Assert.Equal(HttpStatusCode.Found, (await server.VisitAsync(urls.Click)).StatusCode);
        }
        using var refused = await client.SendAsync(HttpMethod.Get, "/messages");
        Assert.Equal("database-unavailable", await Answers.ProblemAsync(refused, HttpStatusCode.ServiceUnavailable));
        Assert.NotNull(refused.Headers.RetryAfter);
        // With a key, too: a probe may carry one.
        Assert.Equal(HttpStatusCode.OK, (await client.Http.GetAsync("/health/live", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.Http.GetAsync("/health/ready", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/live", Ct)).StatusCode);

        await using var door = Door.Open(port, new Npgsql.NpgsqlConnectionStringBuilder(engine.ConnectionString).Port);
        await Until.TrueAsync(async () => (await server.Http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.OK, "the server is ready");
        await Until.TrueAsync(() => server.Database.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from hits") == 10, Ct), "the hits are stored");
    }

    sealed record Urls(string Open, string Click);

    [Fact]
    public async Task A_database_that_cuts_its_connections_is_no_failure_of_ours()
    {
        await using var engine = await Engine.PostgresAsync();
        await using var server = await TestServer.StartAsync(engine);
        var rita = await server.RepClientAsync();
        var url = (await rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl");
        await using var other = Npgsql.NpgsqlDataSource.Create(engine.ConnectionString);
        for (var i = 0; i < 3; i++)
        {
            await using (var cut = other.CreateCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"))
            {
                await cut.ExecuteScalarAsync(Ct);
            }
            var (_, answer) = (await server.VisitAsync(url), await rita.SendAsync(HttpMethod.Get, "/messages"));
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                Assert.Equal("database-unavailable", await Answers.ProblemAsync(answer, HttpStatusCode.ServiceUnavailable));
                Assert.NotNull(answer.Headers.RetryAfter);
            }
        }
        await Until.TrueAsync(async () => (await rita.SendAsync(HttpMethod.Get, "/messages")).StatusCode == HttpStatusCode.OK, "the server has reconnected");
        await Until.TrueAsync(() => server.Database.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from hits") == 3, Ct), "the hits are stored");
        Assert.Equal(0, await server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits_set_aside"), Ct));
    }

    /// <summary>Passes connections on to another port of this machine.</summary>
    sealed class Door : IAsyncDisposable
    {
        readonly TcpListener _listener;
        readonly CancellationTokenSource _ends = new();
        readonly Task _accepting;

        Door(TcpListener listener, int to) => (_listener, _accepting) = (listener, AcceptAsync(listener, to, _ends.Token));

        public static Door Open(int port, int to)
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return new(listener, to);
        }

        static async Task AcceptAsync(TcpListener listener, int to, CancellationToken ct)
        {
            var open = new List<Task>();
            try
            {
                while (true)
                {
                    open.Add(PassAsync(await listener.AcceptTcpClientAsync(ct), to, ct));
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(open);
            }
        }

        static async Task PassAsync(TcpClient from, int port, CancellationToken ct)
        {
            using var client = from;
            using var target = new TcpClient();
            try
            {
                await target.ConnectAsync(IPAddress.Loopback, port, ct);
                await Task.WhenAny(client.GetStream().CopyToAsync(target.GetStream(), ct), target.GetStream().CopyToAsync(client.GetStream(), ct));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // One side has hung up; the other learns it when both are closed.
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _ends.CancelAsync();
            await _accepting;
            _listener.Dispose();
            _ends.Dispose();
        }
    }
}
