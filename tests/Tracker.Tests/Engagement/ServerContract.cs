using System.Text.Json.Nodes;
using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

/// <summary>A running server with one rep, on the engine that the derived class names.</summary>
public abstract class ServerContract : IAsyncLifetime
{
    protected Engine Engine { get; private set; } = null!;
    protected TestServer Server { get; set; } = null!;
    protected ApiClient Rita { get; set; } = null!;

    protected abstract Task<Engine> EngineAsync();

    public async ValueTask InitializeAsync()
    {
        Engine = await EngineAsync();
        Server = await TestServer.StartAsync(Engine);
        Rita = await Server.RepClientAsync();
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

    /// <summary>A mail to one person; its only copy.</summary>
    protected async Task<JsonNode> CopyAsync(string email, TimeSpan ago, string subject = "Our proposal") =>
        (await Rita.MailAsync(Mails.Proposal(email, subject, text: $"Hello {email} about {subject}."), sentAt: Server.Time.GetUtcNow() - ago)).At("copies", 0)!;

    /// <summary>The copy's hits, oldest first, once there are that many and none is being checked.</summary>
    protected async Task<JsonArray> HitsAsync(JsonNode copy, int count)
    {
        JsonArray hits = [];
        await Until.TrueAsync(async () =>
        {
            var message = await MessageOfAsync(copy);
            hits = (await Rita.GetAsync($"/messages/{message}/timeline")).At("items")!.AsArray();
            return hits.Count >= count && hits.All(h => h!.Text("verdict") != "checking");
        }, $"{count} hits are judged");
        return hits;
    }

    protected async Task<string> MessageOfAsync(JsonNode copy) =>
        (await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select message_id from copies where id = @id", new { id = long.Parse(copy.Text("id"), System.Globalization.CultureInfo.InvariantCulture) }),
            TestContext.Current.CancellationToken)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    protected static string[] Verdicts(JsonArray hits) => [.. hits.Select(h => h!.Text("verdict"))];
}
