using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Inbound;
using Tracker.Tests.Outbox;
using Tracker.Tests.Support;

namespace Tracker.Tests.Inbound;

/// <summary>A server that sends to a sink; answers to what arrived there are handed back in.</summary>
public abstract class AnswerTest(Func<Task<Engine>> engineAsync) : OutboxTest(engineAsync)
{
    int _sent;

    /// <summary>Sends a proposal and waits until it is out.</summary>
    /// <returns>What each recipient got, in order.</returns>
    protected async Task<IReadOnlyList<SentMail>> SentAsync(params string[] recipients)
    {
        var subject = $"Our proposal no. {++_sent}";
        var message = await SendAsync(Mails.Proposal(to: string.Join(", ", recipients), subject: subject));
        var mails = new List<SentMail>();
        foreach (var recipient in recipients)
        {
            await StateAsync(message, recipient, "sent");
            var arrived = Sink.Mails.Single(m => m.Recipient == recipient && m.Text.Contains(subject, StringComparison.Ordinal));
            var copy = message["copies"]!.AsArray().Single(c => c!.Text("recipient") == recipient)!;
            var envelope = arrived.MailFrom.Split("ENVID=")[1].Split(' ')[0];
            mails.Add(new("rita@example.com", recipient, subject, arrived.Header("Message-ID"), copy.Text("links", 0, "trackedUrl"), envelope, copy.Text("id"), copy.Text("prospectId")));
        }
        return mails;
    }

    protected async Task<JsonArray> FeedAsync(string query = "") => (await Support.Answers.JsonAsync(
        await Rita.SendAsync(HttpMethod.Get, "/feed?limit=1000" + query, null, ("Accept", "application/json")), System.Net.HttpStatusCode.OK))["items"]!.AsArray();

    protected Task<Handled> TakeAsync(byte[] mail, DateTimeOffset? at = null)
    {
        var now = Server.Time.GetUtcNow();
        var read = IncomingMail.Read(mail);
        Assert.NotNull(read);
        return Server.Database.WriteAsync(s => Server.Services.GetRequiredService<AnswerDesk>().TakeAsync(s, read, at ?? now, now), Ct);
    }
}
