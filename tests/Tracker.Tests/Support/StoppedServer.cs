using System.Runtime.CompilerServices;

namespace Tracker.Tests.Support;

/// <summary>Nothing holds a server in memory that was stopped: no timer, no listener, no static list.</summary>
public sealed class StoppedServer
{
    [Fact]
    public async Task A_stopped_server_is_nobodys_any_more()
    {
        var services = await RunAsync();
        await Until.TrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !services.IsAlive;
        }, "the server is gone from memory");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static async Task<WeakReference> RunAsync()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine);
        var client = await server.RepClientAsync();
        await client.MailAsync(Mails.Proposal());
        await client.GetAsync("/prospects/hot");
        await server.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        await using var feed = await FeedClient.OpenAsync(client);
        return new(server.Services);
    }
}
