using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Outbound.Filter;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>A server whose filter is on, on a free port, with Rita as its rep.</summary>
sealed class FilterRig : IAsyncDisposable
{
    readonly Engine _engine;

    FilterRig(Engine engine, TestServer server) => (_engine, Server) = (engine, server);

    public TestServer Server { get; }

    public string DataFolder => _engine.DataFolder;

    public IPEndPoint Address => Server.Services.GetRequiredService<FilterServer>().Address!;

    public static async Task<FilterRig> StartAsync(int hopPort, IEnumerable<(string Name, string Value)>? settings = null, Engine? engine = null)
    {
        engine ??= await Engine.SqliteAsync();
        var server = await TestServer.StartAsync(
            engine, null, [("Tracker:Filter:Listen", "127.0.0.1:0"), ("Tracker:Filter:NextHop", $"127.0.0.1:{hopPort}"), .. settings ?? []]);
        await server.RepAsync();
        return new(engine, server);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _engine.DisposeAsync();
    }
}
