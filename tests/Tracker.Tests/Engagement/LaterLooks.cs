using Tracker.Engagement;
using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

/// <summary>What happens when a mail is looked at long after, and on a server that is not the first.</summary>
public abstract class LaterLooks(Func<Task<Engine>> openEngine)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_verdict_whose_client_was_cut_stands_when_the_mail_is_opened_again()
    {
        await using var engine = await openEngine();
        await using var server = await TestServer.StartAsync(engine);
        var rita = await server.RepClientAsync();
        var message = await rita.MailAsync(Mails.Proposal());
        var timeline = $"/messages/{message.Text("id")}/timeline";
        await server.VisitAsync(message.Text("copies", 0, "openUrl"));
        await HitsAsync(rita, timeline, 1);
        server.Time.Advance(TimeSpan.FromDays(31));
        var cut = await server.Database.WriteAsync(s => ClientReduction.RunAsync(s, server.Time.GetUtcNow().AddDays(-30), server.Time.GetUtcNow(), 100), Ct);
        Assert.Equal(1, cut);

        await server.VisitAsync(message.Text("copies", 0, "openUrl"));
        await HitsAsync(rita, timeline, 2);
        Assert.Equal(["human", "human"], (await rita.GetAsync(timeline)).At("items")!.AsArray().Select(h => h!.Text("verdict")));
        Assert.Equal(2, (await rita.GetAsync($"/prospects/{message.Text("copies", 0, "prospectId")}")).At("looks")!.GetValue<long>());
    }

    [Fact]
    public async Task A_second_server_stores_hits_under_its_own_number()
    {
        await using var engine = await openEngine();
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:Node", "1"));
        var rita = await server.RepClientAsync();
        var message = await rita.MailAsync(Mails.Proposal());
        await server.VisitAsync(message.Text("copies", 0, "openUrl"));
        await HitsAsync(rita, $"/messages/{message.Text("id")}/timeline", 1);
    }

    [Fact]
    public async Task A_second_mailing_raises_no_prompts_because_the_first_was_read()
    {
        await using var engine = await openEngine();
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:Prompts:OneTextRecipients", "2"));
        var rita = await server.RepClientAsync();
        foreach (var month in new[] { "October", "November" })
        {
            var message = await rita.MailAsync(Mails.Proposal("a@one.example, b@two.example, c@three.example", $"News of {month}", text: $"What happened in {month}."));
            await server.VisitAsync(message.Text("copies", 0, "openUrl"));
            await HitsAsync(rita, $"/messages/{message.Text("id")}/timeline", 1);
            Assert.Empty((await rita.GetAsync("/prompts?state=all")).At("items")!.AsArray());
            server.Time.Advance(TimeSpan.FromDays(20));
        }
    }

    static Task HitsAsync(ApiClient client, string timeline, int count) =>
        Until.TrueAsync(async () => (await client.GetAsync(timeline)).At("items")!.AsArray().Count == count, $"{count} hits are stored");
}

public sealed class LaterLooksOnSqlite() : LaterLooks(Engine.SqliteAsync);

public sealed class LaterLooksOnPostgres() : LaterLooks(Engine.PostgresAsync);
