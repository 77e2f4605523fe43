using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tracker.Feed;
using Tracker.Tests.Support;

namespace Tracker.Tests.Feed;

/// <summary>A server with a feed that a test fills, on either engine.</summary>
public abstract class FeedTest : IAsyncLifetime
{
    Engine _engine = null!;

    protected TestServer Server { get; private set; } = null!;

    protected ApiClient Rita { get; private set; } = null!;

    protected long RitaId { get; private set; }

    protected abstract Task<Engine> EngineAsync();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await EngineAsync();
        Server = await TestServer.StartAsync(_engine, null, ("Tracker:Feed:KeepAliveSeconds", "1"), ("Tracker:Api:RequestsPerMinute", "1000000"));
        RitaId = (await Server.RepAsync()).Id;
        Rita = await Server.ClientAsync(RitaId);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await Server.DisposeAsync();
            await _engine.DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }

    protected Task AppendAsync(int from, int count, long? rep = null, string padding = "") => Server.Database.WriteAsync(s => ((FeedLog)Server.Services.GetService(typeof(FeedLog))!).AppendAsync(
        s, [.. Enumerable.Range(from, count).Select(n => new FeedEntry("hit", Server.Time.GetUtcNow(), rep ?? RitaId, null, null, new { n, padding }))]), Ct);

    protected Task PruneAsync() => Server.Services.GetServices<IHostedService>().OfType<Web.Housekeeping>().Single().RunAsync(Ct);

    protected static int NumberOf(FeedEvent e) => (int)e.Data.At("n")!;

    protected static async Task<List<int>> TakeAsync(FeedClient feed, int count)
    {
        var numbers = new List<int>();
        while (numbers.Count < count)
        {
            numbers.Add(NumberOf(await feed.NextAsync("hit")));
        }
        return numbers;
    }

    protected static void NoGapNoRepeat(IReadOnlyList<int> numbers, int count) => Assert.Equal(Enumerable.Range(0, count), numbers);
}
