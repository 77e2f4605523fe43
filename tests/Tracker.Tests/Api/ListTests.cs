using System.Net;
using System.Text.Json.Nodes;
using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Lists are read page by page without a gap or a repeat, while rows are added.</summary>
public abstract class ListTests(Func<Task<Engine>> start) : ApiContract(start)
{
    const int Many = 120;

    static async Task<List<JsonNode>> AllAsync(ApiClient client, string path, Func<int, Task> between, int limit = 13)
    {
        var items = new List<JsonNode>();
        for (string? next = ""; next is not null;)
        {
            using var response = await client.SendAsync(
                HttpMethod.Get, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{(next.Length == 0 ? "" : "&after=" + Uri.EscapeDataString(next))}", null, ("Accept", "application/json"));
            var page = await Answers.JsonAsync(response, HttpStatusCode.OK);
            Assert.InRange(page.At("items")!.AsArray().Count, 0, limit);
            items.AddRange(page.At("items")!.AsArray().Select(i => i!));
            next = (string?)page.At("next");
            await between(items.Count);
        }
        return items;
    }

    static IEnumerable<int> Subjects(IEnumerable<JsonNode> items) => items.Select(i => int.Parse(i.Text("subject").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public async Task Messages_prospects_prompts_timelines_and_the_feed()
    {
        var urls = new List<string>();
        for (var i = 0; i < Many; i++)
        {
            var message = await Rita.MailAsync(Mails.Proposal($"p{i}@c{i}.example", $"Mail {i}", text: $"Text {i}"), i % 3 == 0 ? "&metadata.deal=a&metadata.stage=1" : "&metadata.deal=b");
            urls.Add(message.Text("copies", 0, "openUrl"));
        }
        var added = Many;
        var messages = await AllAsync(Rita, "/messages", _ => Rita.MailAsync(Mails.Proposal($"p{added}@late.example", $"Mail {added++}")));
        Assert.Equal(Enumerable.Range(0, Many).Reverse(), Subjects(messages));
        var prospects = await AllAsync(Rita, "/prospects", _ => Rita.MailAsync(Mails.Proposal($"q{added++}@late.example", "Mail 999")));
        Assert.Equal(prospects.Count, prospects.Select(p => p.Text("id")).Distinct().Count());
        Assert.True(Enumerable.Range(0, Many).All(i => prospects.Exists(p => p.Text("email") == $"p{i}@c{i}.example")));

        Assert.Equal(Many / 3, (await AllAsync(Rita, "/messages?metadata.deal=a", _ => Task.CompletedTask)).Count);
        Assert.Equal(Many / 3, (await AllAsync(Rita, "/messages?metadata.deal=a&metadata.stage=1", _ => Task.CompletedTask)).Count);
        Assert.Empty(await AllAsync(Rita, "/messages?metadata.deal=b&metadata.stage=1", _ => Task.CompletedTask));

        await Task.WhenAll(urls.Select((u, i) => Server.VisitAsync(u, address: $"198.51.{i}.7")));
        await Until.TrueAsync(() => CountAsync("prompts", Many), "every prospect is prompted");
        var late = await Rita.MailAsync(Mails.Proposal("late@late.example"));
        var prompts = await AllAsync(Rita, "/prompts", n => n < 30 ? Server.VisitAsync(late.Text("copies", 0, "openUrl")) : Task.CompletedTask);
        Assert.Equal(Enumerable.Range(0, Many).Select(i => $"p{i}@c{i}.example").Order(), prompts.Select(p => p.Text("email")).Order());

        // Of each an entry for the hit and one for the prompt, in the order of their ids; filtered, a third of them.
        var feed = await AllAsync(Rita, "/feed", n => n < 30 ? Server.VisitAsync(urls[0]) : Task.CompletedTask);
        var ids = feed.Select(e => long.Parse(e.Text("id"), System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(ids.Distinct().Order(), ids);
        Assert.Equal(Many, feed.Where(e => e.Text("type") == "prompt.raised" && e.Text("data", "email") != "late@late.example").DistinctBy(e => e.Text("data", "id")).Count());
        Assert.Equal(Many / 3, (await AllAsync(Rita, "/feed?metadata.deal=a", _ => Task.CompletedTask)).Where(e => e.Text("type") == "hit").DistinctBy(e => e.Text("data", "copyId")).Count());
    }

    Task<bool> CountAsync(string table, long expected) => Server.Database.ReadAsync(async s => await s.ScalarAsync<long>($"select count(*) from {table}") >= expected, Ct);

    [Fact]
    public async Task Timelines_of_a_message_and_of_a_prospect()
    {
        var message = await Rita.MailAsync(Mails.Proposal());
        var (url, prospect) = (message.Text("copies", 0, "openUrl"), message.Text("copies", 0, "prospectId"));
        // Many in the same millisecond and from many computers, so that the order needs the ids.
        await Task.WhenAll(Enumerable.Range(0, Many).Select(i => Server.VisitAsync(url, address: $"198.51.{i}.7")));
        await Until.TrueAsync(() => CountAsync("hits", Many), "every hit is stored");
        var hits = await AllAsync(Rita, $"/messages/{message.Text("id")}/timeline", n => n < 30 ? Server.VisitAsync(url) : Task.CompletedTask);
        var ids = hits.Select(h => long.Parse(h.Text("hitId"), System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.True(ids.Count >= Many);
        // By time, then id: a request may be timed just before another that the journal numbers first.
        Assert.Equal(hits.Select(h => (DateTimeOffset.Parse(h.Text("at"), System.Globalization.CultureInfo.InvariantCulture), long.Parse(h.Text("hitId"), System.Globalization.CultureInfo.InvariantCulture))).Distinct().Order(),
            hits.Select(h => (DateTimeOffset.Parse(h.Text("at"), System.Globalization.CultureInfo.InvariantCulture), long.Parse(h.Text("hitId"), System.Globalization.CultureInfo.InvariantCulture))));
        Assert.Equal(ids.Count, ids.Distinct().Count());

        Server.Time.Advance(TimeSpan.FromMinutes(1));
        var items = await AllAsync(Rita, $"/prospects/{prospect}/timeline", n => n < 30 ? Server.VisitAsync(url) : Task.CompletedTask);
        Assert.Equal(items.Select(i => i.Text("at")).OrderDescending(), items.Select(i => i.Text("at")));
        var seen = items.Where(i => i.Text("type") == "hit").Select(i => i.Text("data", "hitId")).ToList();
        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.Empty(ids.Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)).Except(seen));
        Assert.Single(items, i => i.Text("type") == "message");
        Assert.Single(items, i => i.Text("type") == "prompt.raised");
    }
}

public sealed class ListsOnSqlite() : ListTests(Engine.SqliteAsync);

public sealed class ListsOnPostgres() : ListTests(Engine.PostgresAsync);
