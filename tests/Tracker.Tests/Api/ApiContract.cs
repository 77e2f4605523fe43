using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>A server of its own for every test, and Rita, a rep whose key may send and read. The sealed classes name the engine.</summary>
public abstract class ApiContract(Func<Task<Engine>> start) : IAsyncLifetime
{
    protected Engine Engine { get; private set; } = null!;

    protected TestServer Server { get; set; } = null!;

    protected ApiClient Rita { get; private set; } = null!;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Engine = await start();
        Server = await TestServer.StartAsync(Engine);
        Rita = await Server.RepClientAsync();
    }

    protected async Task RestartAsync()
    {
        await Server.DisposeAsync();
        Server = await TestServer.StartAsync(Engine, Server.Time);
        Rita = new(Server.Address, Rita.Key);
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }

    // No mail server is set here, so nothing is handed over.
    protected Task<string> DeliveryAsync(System.Text.Json.Nodes.JsonNode message) => Server.Database.WriteAsync(async s => (await s.ScalarAsync<long>("""
        insert into deliveries (copy_id, message_id, rep_id, kind, sender, recipient, state, created_at_ms, due_at_ms, give_up_at_ms)
        select c.id, c.message_id, m.rep_id, 'copy', 'rita@example.com', c.recipient, 'queued', 1, 9000000000000, 9000000000000 from copies c join messages m on m.id = c.message_id where c.id = @id
        returning id
        """, new { id = long.Parse(message.Text("copies", 0, "id"), System.Globalization.CultureInfo.InvariantCulture) })).ToString(System.Globalization.CultureInfo.InvariantCulture), Ct);
}

/// <summary>One server for all tests of a class, for tables of requests that do not disturb each other.</summary>
public abstract class SharedServer(Func<Task<Engine>> start) : IAsyncLifetime
{
    Engine? _engine;
    TestServer? _server;
    string? _missing;

    public TestServer Server
    {
        get
        {
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _server!;
        }
    }

    /// <summary>Bound to Rita.</summary>
    public ApiClient Rita { get; private set; } = null!;

    /// <summary>Sees everybody's data and is bound to nobody.</summary>
    public ApiClient Unbound { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _engine = await start();
        }
        catch (Exception e) when (e.Message.StartsWith("$XunitDynamicSkip$", StringComparison.Ordinal))
        {
            // A fixture cannot skip; its tests do.
            _missing = e.Message["$XunitDynamicSkip$".Length..];
            return;
        }
        _server = await TestServer.StartAsync(_engine, null, ("Tracker:Api:RequestsPerMinute", "1000000"));
        Rita = await _server.RepClientAsync();
        Unbound = await _server.ClientAsync(null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }
}

public sealed class SharedSqlite() : SharedServer(Engine.SqliteAsync);

public sealed class SharedPostgres() : SharedServer(Engine.PostgresAsync);
