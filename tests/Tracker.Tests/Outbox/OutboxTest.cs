using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Outbound.Outbox;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbox;

/// <summary>A server whose outbox hands over to a sink, on either engine.</summary>
public abstract class OutboxTest(Func<Task<Engine>> engineAsync) : IAsyncLifetime
{
    protected Engine Engine { get; private set; } = null!;

    protected MailSink Sink { get; } = new();

    protected TestServer Server { get; private set; } = null!;

    protected ApiClient Rita { get; private set; } = null!;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected virtual (string, string)[] Settings => [];

    public async ValueTask InitializeAsync()
    {
        Engine = await engineAsync();
        Server = await TestServer.StartAsync(Engine, null, [.. To(Sink), .. Settings]);
        Rita = await Server.RepClientAsync();
    }

    public static (string, string)[] To(MailSink sink) =>
    [
        ("Tracker:Mail:SmtpHost", "127.0.0.1"), ("Tracker:Mail:SmtpPort", sink.Port.ToString(CultureInfo.InvariantCulture)), ("Tracker:Mail:SmtpTls", "none"),
        ("Tracker:Api:RequestsPerMinute", "1000000"),
    ];

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Sink.DisposeAsync();
        await Engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Moves the clock and has the outbox look at it.</summary>
    protected void Advance(TimeSpan by)
    {
        Server.Time.Advance(by);
        Server.Services.GetRequiredService<OutboxSignal>().Wake();
    }

    protected Task<JsonNode> SendAsync(string mail, string query = "") => SendAsync(Rita, Encoding.UTF8.GetBytes(mail), query);

    protected static async Task<JsonNode> SendAsync(ApiClient client, byte[] mail, string query = "")
    {
        var content = new ByteArrayContent(mail);
        content.Headers.ContentType = new("message/rfc822");
        return await Answers.JsonAsync(await client.SendAsync(HttpMethod.Post, "/messages?deliver=true" + query, content), HttpStatusCode.Created);
    }

    protected async Task<JsonNode> DeliveryAsync(JsonNode message, string recipient) =>
        (await Rita.GetAsync($"/messages/{message.Text("id")}"))["copies"]!.AsArray().Single(c => c!.Text("recipient") == recipient)!["delivery"]!;

    protected Task StateAsync(JsonNode message, string recipient, string state) =>
        Until.TrueAsync(async () => (await DeliveryAsync(message, recipient)).Text("state") == state, $"the mail to {recipient} is {state}");
}
