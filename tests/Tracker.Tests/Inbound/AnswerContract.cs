using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Domain.Inbound;
using Tracker.Engagement;
using Tracker.Tests.Support;

namespace Tracker.Tests.Inbound;

/// <summary>What follows from an answer, and what does not from a forged one.</summary>
public abstract class AnswerContract(Func<Task<Engine>> engineAsync) : AnswerTest(engineAsync)
{
    async Task<SentMail> ReadAsync(string recipient = "paul@customer.example")
    {
        var sent = (await SentAsync(recipient))[0];
        Server.Time.Advance(TimeSpan.FromHours(3));
        await Server.VisitAsync(sent.Click);
        await Until.TrueAsync(async () => (await Rita.GetAsync("/prompts"))["items"]!.AsArray().Any(p => p!.Text("email") == recipient), "reading has raised a prompt");
        return sent;
    }

    async Task<JsonNode> ProspectAsync(SentMail sent) => await Rita.GetAsync($"/prospects/{sent.ProspectId}");

    [Fact]
    public async Task A_reply_closes_the_prompt_warms_and_is_told_and_counting_anew_keeps_it()
    {
        var sent = await ReadAsync();
        var before = (double)(await ProspectAsync(sent))["heat"]!;
        var last = (await FeedAsync())[^1]!;
        Assert.Equal(new Seen(AnswerKind.Reply, 1), Seen.Of(await TakeAsync(Sample.Fill("reply-outlook-german", sent))));
        var prompt = (await Rita.GetAsync("/prompts?state=all"))["items"]!.AsArray().Single()!;
        Assert.Equal(("answered", "replied"), (prompt.Text("state"), prompt.Text("outcome")));
        var after = await ProspectAsync(sent);
        Assert.Equal(before + 8, (double)after["heat"]!, 0.1);
        Assert.Equal("+49 30 123 456-78", after.Text("phone"));
        Assert.Contains(after["owed"]!.AsArray(), o => o!.Text("reason") == "answer their mail");
        var told = (await FeedAsync($"&after={last.Text("id")}"));
        var reply = told.Single(e => e!.Text("type") == "reply")!["data"]!;
        Assert.Equal((sent.Recipient, sent.CopyId, true, "messageId"), (reply.Text("recipient"), reply.Text("copyId"), (bool)reply["certain"]!, reply.Text("tie")));
        Assert.Contains(told, e => e!.Text("type") == "prompt.closed");

        // The same mail again, from another mailbox: nothing more.
        await TakeAsync(Sample.Fill("reply-outlook-german", sent));
        Assert.Equal(before + 8, (double)(await ProspectAsync(sent))["heat"]!, 0.1);
        await Server.Services.GetRequiredService<Rebuild>().RunAsync((_, _, _) => { }, Ct);
        Assert.Equal(before + 8, (double)(await ProspectAsync(sent))["heat"]!, 0.1);
    }

    [Fact]
    public async Task A_machines_answer_closes_nothing()
    {
        var sent = await ReadAsync();
        var heat = (double)(await ProspectAsync(sent))["heat"]!;
        foreach (var name in Sample.Names.Where(n => n.StartsWith("away-", StringComparison.Ordinal) || n.StartsWith("auto-", StringComparison.Ordinal)))
        {
            await TakeAsync(Sample.Fill(name, sent, n: name));
        }
        Assert.Single((await Rita.GetAsync("/prompts"))["items"]!.AsArray());
        Assert.Equal(heat, (double)(await ProspectAsync(sent))["heat"]!, 0.05);
        var away = (await FeedAsync()).Where(e => e!.Text("type") == "away").ToList();
        Assert.True(away.Count > 12);
        Assert.DoesNotContain((await FeedAsync()), e => e!.Text("type") == "reply");
    }

    [Fact]
    public async Task A_bounce_after_the_hand_over_is_a_failed_delivery_once()
    {
        var sent = (await SentAsync("paul@customer.example", "anna@customer.example"))[0];
        for (var i = 0; i < 2; i++)
        {
            await TakeAsync(Sample.Fill("bounce-postfix", sent, n: i.ToString(CultureInfo.InvariantCulture)));
        }
        var failed = Assert.Single((await FeedAsync()), e => e!.Text("type") == "delivery.failed")!["data"]!;
        Assert.Equal((sent.Recipient, "5.1.1"), (failed.Text("recipient"), failed.Text("status")));
        var deliveries = (await Rita.GetAsync("/deliveries"))["items"]!.AsArray();
        Assert.Equal(("bounced", "sent"), (deliveries.Single(d => d!.Text("recipient") == sent.Recipient)!.Text("state"), deliveries.Single(d => d!.Text("recipient") != sent.Recipient)!.Text("state")));
        Assert.Contains((await ProspectAsync(sent))["owed"]!.AsArray(), o => o!.Text("reason").Contains("right address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Our_own_report_in_the_reps_mailbox_is_not_told_again()
    {
        Sink.AtRecipient = to => to.StartsWith("gone", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "250 2.1.5 Ok";
        await SendAsync(Mails.Proposal(to: "gone@customer.example"));
        await Until.TrueAsync(() => Sink.Mails.Any(m => m.Sender.Length == 0), "the report has arrived");
        var handled = await TakeAsync(Sink.Mails.Single(m => m.Sender.Length == 0).Mail);
        Assert.Equal((AnswerKind.Bounce, 1), (handled.Kind, handled.Copies));
        Assert.Single((await FeedAsync()), e => e!.Text("type") == "delivery.failed");
    }

    [Fact]
    public async Task What_an_outsider_can_forge_changes_nothing()
    {
        var sent = await ReadAsync();
        var heat = (double)(await ProspectAsync(sent))["heat"]!;
        var unknown = sent with { MessageId = "<guess@example.com>", Click = "http://t.example.com/c/AAAA", EnvelopeId = new string('0', 32) };
        // Sender and subject are no secrets.
        await TakeAsync(Sample.Fill("reply-gmail", unknown));
        // The id leaked, but the sender is a stranger.
        await TakeAsync(Sample.Fill("reply-mutt", sent, from: "mallory@evil.example"));
        // The sender is right and the rep's own mail server says it is forged.
        await TakeAsync(Encoding.UTF8.GetBytes("Authentication-Results: mx.example.com; dmarc=fail header.from=customer.example\r\n" + Encoding.UTF8.GetString(Sample.Fill("reply-apple-mail", sent))));
        await TakeAsync(Sample.Fill("bounce-postfix", unknown));
        await TakeAsync(Sample.Fill("bounce-qmail", unknown));
        // A token that nobody signed.
        await TakeAsync(Sample.Fill("reply-wrapped-token", unknown with { Click = sent.Click[..^6] + "AAAAAA" }, from: "mallory@evil.example"));
        Assert.Single((await Rita.GetAsync("/prompts"))["items"]!.AsArray());
        Assert.Equal(heat, (double)(await ProspectAsync(sent))["heat"]!, 0.05);
        var feed = (await FeedAsync());
        Assert.DoesNotContain(feed, e => e!.Text("type") == "delivery.failed");
        Assert.All(feed.Where(e => e!.Text("type") == "reply"), e => Assert.False((bool)e!["data"]!["certain"]!));
        Assert.DoesNotContain((await ProspectAsync(sent))["owed"]!.AsArray(), o => o!.Text("reason") == "answer their mail");
    }

    [Fact]
    public async Task A_colleague_of_the_prospect_answers_for_them_and_one_of_ours_does_not()
    {
        var sent = await ReadAsync();
        await TakeAsync(Sample.Fill("reply-thunderbird", sent, from: "olga@example.com", n: "ours"));
        Assert.Single((await Rita.GetAsync("/prompts"))["items"]!.AsArray());
        await TakeAsync(Sample.Fill("reply-thunderbird", sent, from: "assistant@customer.example", n: "theirs"));
        Assert.Empty((await Rita.GetAsync("/prompts"))["items"]!.AsArray());
        Assert.Null((await ProspectAsync(sent))["phone"]);
    }

    [Fact]
    public async Task Nothing_of_what_was_written_is_kept()
    {
        var sent = (await SentAsync("paul@customer.example"))[0];
        await TakeAsync(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Sample.Fill("reply-mutt", sent)).Replace("nope", "the secret word is xylophone", StringComparison.Ordinal)));
        foreach (var table in new[] { "answers", "feed", "prospects", "messages", "copies", "obligations" })
        {
            var rows = await Server.Database.ReadAsync(s => s.QueryAsync<dynamic>($"select * from {table}"), Ct);
            Assert.DoesNotContain(rows.SelectMany(r => (IDictionary<string, object?>)r), v => v.Value?.ToString()?.Contains("xylophone", StringComparison.Ordinal) == true);
        }
    }

    sealed record Seen(AnswerKind Kind, int Copies)
    {
        public static Seen Of(Tracker.Inbound.Handled handled) => new(handled.Kind, handled.Copies);
    }
}

public sealed class AnswersSqlite() : AnswerContract(Engine.SqliteAsync);

public sealed class AnswersPostgres() : AnswerContract(Engine.PostgresAsync);
