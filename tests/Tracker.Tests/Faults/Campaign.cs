using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>How much of a campaign is run: a few rounds in the normal run, all of them with <c>./test --long</c>.</summary>
static class Rounds
{
    public static bool Long => Environment.GetEnvironmentVariable("TRACKER_LONG") == "1";

    public static int Of(int few, int all) => Long ? all : few;
}

/// <summary>
/// A data folder with one mail that is out, and requests to it that can be told apart: each carries a User-Agent of its own, which is stored with the
/// hit. So it can be said of every single request that was answered whether it is in the database, and how often.
/// </summary>
sealed class Campaign(string dataFolder, string connectionString = "") : IDisposable
{
    // Answered means recorded here: the limit after which a reader is answered without a record is for slow disks, not for these tests.
    static readonly string[] Patience = ["--Tracker:Journal:AnswerWithinMilliseconds=10000", "--Logging:LogLevel:Default=Warning"];

    readonly ConcurrentDictionary<string, byte> _sent = new(), _answered = new();
    string[] _paths = [];
    string[] _locations = [];
    int _next;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string[] Settings => [.. Patience, $"--Tracker:DataFolder={dataFolder}", $"--ConnectionStrings:Tracker={connectionString}"];

    public int Answered => _answered.Count;

    /// <summary>Makes the mail with a server that is there for nothing else.</summary>
    /// <returns>A link of it, and where that leads.</returns>
    public async Task<(string Path, string Location)> PrepareAsync(params string[] settings)
    {
        var work = Path.GetDirectoryName(dataFolder)!;
        async Task<string> OutAsync(params string[] arguments)
        {
            var ended = await TrackerProcess.RunAsync(work, null, [.. arguments, .. Settings]);
            Assert.True(ended.Code == 0, ended.Error);
            return ended.Out;
        }
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var key = (await OutAsync("keys", "create", "--name", "t", "--scope", "send", "--rep", "rita@example.com")).Trim();
        var (server, address) = await TrackerProcess.ServeAsync(work, [.. Settings, .. settings]);
        await using (server)
        {
            var copy = (await new ApiClient(address, key).MailAsync(Mails.Proposal())).At("copies", 0)!;
            Use(copy.Text("openUrl"), copy.Text("links", 0, "trackedUrl"), copy.Text("links", 0, "url"));
            await server.TerminateAsync();
            Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
        }
        return (_paths[^1], _locations[^1]);
    }

    /// <summary>With a mail that this server sent.</summary>
    public static async Task<Campaign> WithMailAsync(TestServer server, Engine engine)
    {
        var copy = (await (await server.RepClientAsync()).MailAsync(Mails.Proposal())).At("copies", 0)!;
        var campaign = new Campaign(engine.DataFolder, engine.ConnectionString);
        campaign.Use(copy.Text("openUrl"), copy.Text("links", 0, "trackedUrl"), copy.Text("links", 0, "url"));
        return campaign;
    }

    /// <summary>Four opens in five requests, as in life.</summary>
    public void Use(string openUrl, string clickUrl, string location)
    {
        var (open, click) = (new Uri(openUrl).PathAndQuery, new Uri(clickUrl).PathAndQuery);
        (_paths, _locations) = ([open, open, open, open, click], ["", "", "", "", location]);
    }

    /// <summary>Asks until it is enough, the token says stop or, where that is meant to happen, the server is gone. Every answer must be the right one.</summary>
    /// <param name="goes">The server ends under the load; else a request without an answer fails the test.</param>
    /// <param name="perSecond">Requests a second, of all connections together, as far as the machine can; null: as many as go.</param>
    public Task LoadAsync(Uri address, int connections, CancellationToken stop, ConcurrentBag<double>? milliseconds = null, Func<bool>? enough = null, bool goes = false, int? perSecond = null)
    {
        var every = perSecond is { } rate ? TimeSpan.FromSeconds((double)connections / rate) : (TimeSpan?)null;
        return Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => OneAsync(address, milliseconds, enough, goes, every, stop), Ct)));
    }

    async Task OneAsync(Uri address, ConcurrentBag<double>? milliseconds, Func<bool>? enough, bool goes, TimeSpan? every, CancellationToken stop)
    {
        using var pace = every is { } period ? new PeriodicTimer(period) : null;
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        try
        {
            while (!stop.IsCancellationRequested && enough?.Invoke() != true)
            {
                await AskAsync(http, milliseconds);
                if (pace is not null)
                {
                    await pace.WaitForNextTickAsync(Ct);
                }
            }
        }
        catch (Exception e) when (goes && (e is HttpRequestException or IOException or SocketException))
        {
            // The server is gone: what was under way was not answered.
        }
    }

    async Task AskAsync(HttpClient http, ConcurrentBag<double>? milliseconds)
    {
        var number = Interlocked.Increment(ref _next);
        var (agent, kind) = ("asker/" + number.ToString(CultureInfo.InvariantCulture), number % _paths.Length);
        using var request = new HttpRequestMessage(HttpMethod.Get, _paths[kind]);
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        _sent[agent] = 0;
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await http.SendAsync(request, Ct);
        milliseconds?.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        Assert.Equal(_locations[kind].Length > 0 ? HttpStatusCode.Found : HttpStatusCode.OK, answer.StatusCode);
        if (_locations[kind].Length > 0)
        {
            Assert.Equal(_locations[kind], answer.Headers.GetValues("Location").Single());
        }
        _answered[agent] = 0;
    }

    sealed record Stored
    {
        public string UserAgent { get; init; } = "";
        public long Times { get; init; }
    }

    static async Task<Dictionary<string, long>> StoredAsync(Database database) => (await database.ReadAsync(s => s.QueryAsync<Stored>(
        "select k.user_agent, count(*) as times from hits h join clients k on k.id = h.client_id group by k.user_agent"), Ct)).ToDictionary(r => r.UserAgent, r => r.Times);

    public IReadOnlyCollection<string> AnsweredNow => [.. _answered.Keys];

    /// <summary>Waits until these are in the database, each once.</summary>
    public async Task AreThereAsync(IReadOnlyCollection<string> answered)
    {
        await using var database = new Database(connectionString, dataFolder);
        var stored = await WaitForAsync(database, answered);
        Assert.DoesNotContain(stored, s => s.Value != 1 && _sent.ContainsKey(s.Key));
    }

    static async Task<Dictionary<string, long>> WaitForAsync(Database database, IReadOnlyCollection<string> answered)
    {
        var stored = new Dictionary<string, long>();
        await Until.TrueAsync(async () =>
        {
            try
            {
                stored = await StoredAsync(database);
            }
            catch (DbException)
            {
                return false; // A connection from before the trouble.
            }
            return answered.All(stored.ContainsKey);
        }, () => $"every answered request is stored; {answered.Count(a => !stored.ContainsKey(a))} of {answered.Count} are not", TimeSpan.FromSeconds(Rounds.Of(60, 300)));
        return stored;
    }

    /// <summary>Waits until every answered request is in the database, and checks that none is there twice, none comes from nowhere, and the feed tells each once.</summary>
    public async Task AllThereAsync(Database? running = null)
    {
        await using var own = running is null ? new Database(connectionString, dataFolder) : null;
        var database = running ?? own!;
        var stored = await WaitForAsync(database, AnsweredNow);
        Assert.DoesNotContain(stored, s => s.Value != 1);
        Assert.Empty(stored.Keys.Except(_sent.Keys));
        Assert.Equal(0, await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits_set_aside"), Ct));
        Assert.Equal(
            await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits"), Ct), await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from feed where type = 'hit'"), Ct));
        if (database.SqliteFile is not null)
        {
            Assert.Equal("ok", await database.ReadAsync(s => s.ScalarAsync<string>("pragma integrity_check"), Ct));
        }
    }

    public static string Spread(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToList();
        return sorted.Count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{sorted.Count} requests, p50 {sorted[sorted.Count / 2]:0.0} ms, p99 {sorted[(int)(sorted.Count * 0.99)]:0.0} ms, max {sorted[^1]:0.0} ms");
    }

    public static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    public void Dispose()
    {
        if (Directory.Exists(dataFolder))
        {
            Directory.Delete(dataFolder, recursive: true);
        }
    }
}
