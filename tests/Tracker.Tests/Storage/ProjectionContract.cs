using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Engagement;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Storage;

/// <summary>The way from the journal into the database: each hit once, whatever is repeated, damaged or away.</summary>
public abstract partial class ProjectionContract : IAsyncLifetime
{
    const int Node = 7;

    Engine _engine = null!;
    TestServer _server = null!;
    ApiClient _rita = null!;

    protected abstract Task<Engine> EngineAsync();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await EngineAsync();
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
        GC.SuppressFinalize(this);
    }

    protected TestServer Server => _server;

    protected ApiClient Rita => _rita;

    protected Projection Projection => (Projection)_server.Services.GetService(typeof(Projection))!;

    protected Task<long> CountAsync(string from) => _server.Database.ReadAsync(s => s.ScalarAsync<long>($"select count(*) from {from}"), Ct)!;

    /// <summary>Hits of one copy a minute apart, as another server's journal would hold them.</summary>
    async Task<List<JournalRecord>> RecordsAsync(int count, string agent = Browsers.Firefox)
    {
        await _rita.MailAsync(Mails.Proposal());
        // Sent long ago: what is fetched as soon as a mail is made is nobody's yet.
        _server.Time.Advance(TimeSpan.FromMinutes(count + 60));
        var token = await _server.Database.ReadAsync(s => s.FirstAsync<string>("select token from copies order by id desc limit 1"), Ct);
        var copy = new CopyId(UInt128.Parse(token!, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
        return [.. Enumerable.Range(1, count).Select(i => new JournalRecord(HitIds.Of(Node, i), Payload(copy, agent, _server.Time.GetUtcNow().AddMinutes(i - count))))];
    }

    protected static byte[] Payload(CopyId copy, string agent, DateTimeOffset at) => new MadeHit(copy, at) { UserAgent = agent }.ToBytes();

    Task StoreAsync(IReadOnlyList<JournalRecord> records) => _server.Database.WriteAsync(s => Projection.StoreAsync(s, Node, records), Ct);

    async Task<string> StateAsync()
    {
        var prospect = await _server.Database.ReadAsync(s => s.FirstAsync<string>(
            "select heat_key || ' ' || looks || ' ' || clicks || ' ' || sittings || ' ' || sitting_looks || ' ' || last_hit_id from prospects"), Ct);
        return $"{prospect}, {await CountAsync("hits")} hits, {await CountAsync("feed where type = 'hit'")} told, {await CountAsync("prompts")} prompts, {await CountAsync("hits_set_aside")} set aside";
    }

    [Fact]
    public async Task The_same_records_twice_are_stored_once()
    {
        var records = await RecordsAsync(100);
        await StoreAsync(records);
        var once = await StateAsync();
        Assert.Contains("100 hits, 100 told, 1 prompts, 0 set aside", once, StringComparison.Ordinal);
        await StoreAsync(records);
        await StoreAsync([.. records.Take(30)]);
        Assert.Equal(once, await StateAsync());
        Assert.Equal(records[^1].HitId, await _server.Database.ReadAsync(s => Projection.CheckpointAsync(s, Node), Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(99)]
    public async Task A_checkpoint_that_moved_back_stores_nothing_twice(int back)
    {
        var records = await RecordsAsync(100);
        await StoreAsync(records);
        var once = await StateAsync();
        var to = back == 0 ? 0 : records[^(back + 1)].HitId;
        await _server.Database.WriteAsync(s => s.ExecuteAsync("update checkpoints set hit_id = @to where node = @node", new { to, node = (long)Node }), Ct);
        foreach (var batch in records.Where(r => r.HitId > to).Chunk(17))
        {
            await StoreAsync(batch);
        }
        Assert.Equal(once, await StateAsync());
        Assert.Equal(records[^1].HitId, await _server.Database.ReadAsync(s => Projection.CheckpointAsync(s, Node), Ct));
    }

    [Fact]
    public async Task A_batch_that_fails_half_way_leaves_nothing_behind()
    {
        var records = await RecordsAsync(10);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _server.Database.WriteAsync(async s =>
        {
            await Projection.StoreAsync(s, Node, records);
            throw new InvalidOperationException("the power went");
        }, Ct));
        Assert.Equal((0, 0, 0), (await CountAsync("hits"), await CountAsync("feed"), await CountAsync("prompts")));
        ((Dictionaries)_server.Services.GetService(typeof(Dictionaries))!).Forget();
        await StoreAsync(records);
        Assert.Equal(10, await CountAsync("hits join clients c on c.id = client_id join reasons r on r.id = reason_id"));
    }

    [Fact]
    public async Task A_damaged_record_is_set_aside_and_the_rest_goes_on()
    {
        var records = await RecordsAsync(5);
        records[1] = records[1] with { Payload = records[1].Payload[..20] };
        records[3] = records[3] with { Payload = new byte[] { 99, 1, 2 } };
        await StoreAsync(records);
        Assert.Equal((3, 2), (await CountAsync("hits"), await CountAsync("hits_set_aside")));
        var kept = await _server.Database.ReadAsync(s => s.FirstAsync<byte[]>("select payload from hits_set_aside order by hit_id desc limit 1"), Ct);
        Assert.Equal(new byte[] { 99, 1, 2 }, kept);
    }

    [Fact]
    public async Task A_poison_record_in_the_journal_stops_nobody()
    {
        var url = (await _rita.MailAsync(Mails.Proposal("Olga <olga@other.example>"))).Text("copies", 0, "openUrl");
        var token = await _server.Database.ReadAsync(s => s.FirstAsync<string>("select token from copies"), Ct);
        var copy = new CopyId(UInt128.Parse(token!, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
        var journal = (HitJournal)_server.Services.GetService(typeof(HitJournal))!;
        // PostgreSQL takes no NUL in a text; in the year 9999 no heat can be counted; the last is no hit at all.
        foreach (var payload in new[] { Payload(copy, "Mozilla\0", _server.Time.GetUtcNow()), Payload(copy, Browsers.Firefox, DateTimeOffset.MaxValue), [1, 2, 3] })
        {
            Assert.True(await journal.Append(payload).Recorded);
        }
        await _server.VisitAsync(url);
        await Until.TrueAsync(async () => await CountAsync("hits h join clients c on c.id = h.client_id where c.user_agent like '%Firefox%'") >= 1, "the good hit is stored");
        Assert.True(await CountAsync("hits_set_aside") >= 2);
        Assert.Equal(4, await CountAsync("hits") + await CountAsync("hits_set_aside"));
        Assert.Null(((Projector)_server.Services.GetService(typeof(Projector))!).Failing);
    }
}

public sealed class ProjectionOnSqlite : ProjectionContract
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class ProjectionOnPostgres : ProjectionContract
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
