using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbox;

/// <summary>
/// S8 and S11: killed at any moment between 201 and the mail server's answer, while that server takes some, refuses some for now and some for good. Nothing is lost; every recipient is
/// delivered or in one report; and a kill costs at worst one more of what was being handed over, under the same Message-ID.
/// </summary>
public sealed class OutboxCrash : CommandTests
{
    static readonly bool Long = Signals.Long.Run;

    string[] Settings(MailSink sink) =>
        ["--Tracker:Mail:SmtpHost=127.0.0.1", $"--Tracker:Mail:SmtpPort={sink.Port.ToString(CultureInfo.InvariantCulture)}", "--Tracker:Mail:SmtpTls=none", "--Tracker:Outbox:Connections=1", "--Tracker:Outbox:RepPerHour=1000000", "--Tracker:DataFolder=" + Path.Combine(Folder, "data")];

    /// <summary>Five recipients of a mail. The one for whom it is too early is left out of the short run, which would have to wait a minute.</summary>
    static IReadOnlyList<string> Recipients(int mail) => [.. (Long ? new[] { "a", "b", "c", "gone", "early" } : ["a", "b", "c", "gone"]).Select(n => $"{n}{mail}@customer.example")];

    static Func<string, string> Mixed()
    {
        var seen = new ConcurrentDictionary<string, bool>();
        return to => to.StartsWith("gone", StringComparison.Ordinal) ? "550 5.1.1 no such user" : to.StartsWith("early", StringComparison.Ordinal) && seen.TryAdd(to, true) ? "451 4.7.1 come again" : "250 2.1.5 Ok";
    }

    [Fact]
    public async Task Nothing_is_lost_and_a_kill_costs_one_duplicate_at_most()
    {
        await using var sink = new MailSink { AtRecipient = Mixed() };
        var random = new Random(11);
        sink.BeforeTaking = () => Task.Delay(random.Next(0, 15));
        await OutAsync(["reps", "add", "rita@example.com", "--name", "Rita", .. Settings(sink)]);
        var key = (await OutAsync(["keys", "create", "--name", "k", "--scope", "send", "--scope", "read", "--rep", "rita@example.com", .. Settings(sink)])).Trim();
        var accepted = new HashSet<string>();
        var (kills, mails, rounds, enough) = (0, 0, Long ? 40 : 4, Long ? 5_000 : 8);
        while (kills < rounds || accepted.Count < enough)
        {
            var (process, address) = await TrackerProcess.ServeAsync(Folder, Settings(sink));
            await using (process)
            {
                var client = new ApiClient(address, key);
                var killer = KillAsync(process, random.Next(50, 3000));
                while (!killer.IsCompleted)
                {
                    var recipients = Recipients(mails++);
                    if (accepted.Count < enough + rounds && await TrySendAsync(client, recipients))
                    {
                        accepted.UnionWith(recipients);
                    }
                }
                await killer;
                kills++;
            }
        }
        await DrainAsync(sink, key);
        Judge(sink, accepted, kills);
    }

    async Task DrainAsync(MailSink sink, string key)
    {
        var (last, at) = await TrackerProcess.ServeAsync(Folder, Settings(sink));
        await using (last)
        {
            var client = new ApiClient(at, key);
            await Until.TrueAsync(
                async () => (await client.GetAsync("/deliveries?state=queued&limit=1"))["items"]!.AsArray().Count == 0 && Reported(sink) >= (await client.GetAsync("/deliveries?state=failed&limit=1000"))["items"]!.AsArray().Count,
                "the outbox is empty", TimeSpan.FromMinutes(Long ? 10 : 2));
        }
    }

    static int Reported(MailSink sink) => sink.Mails.Where(m => m.Sender.Length == 0).Select(m => m.Header("Message-ID")).Distinct().Count();

    static void Judge(MailSink sink, HashSet<string> accepted, int kills)
    {
        var delivered = sink.Mails.Where(m => m.Sender.Length > 0).GroupBy(m => m.Recipient).ToDictionary(g => g.Key, g => g.ToList());
        var reports = sink.Mails.Where(m => m.Sender.Length == 0).GroupBy(m => m.Text.Split("Final-Recipient: rfc822; ")[1].Split("\r\n")[0]).ToDictionary(g => g.Key, g => g.ToList());
        var all = delivered.Values.Concat(reports.Values).ToList();
        var twice = all.Where(m => m.Count > 1).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {accepted.Count} recipients accepted, {delivered.Count} delivered, {reports.Count} reported, {twice.Count} twice.");
        Assert.DoesNotContain(accepted, r => delivered.ContainsKey(r) == reports.ContainsKey(r));
        Assert.All(accepted.Where(r => r.StartsWith("gone", StringComparison.Ordinal)), r => Assert.True(reports.ContainsKey(r)));
        Assert.All(accepted.Where(r => !r.StartsWith("gone", StringComparison.Ordinal)), r => Assert.True(delivered.ContainsKey(r)));
        Assert.True(twice.Sum(m => m.Count - 1) <= kills, $"{twice.Count} duplicates after {kills} kills");
        Assert.All(all, m => Assert.Single(m.Select(c => c.Header("Message-ID")).Distinct()));
    }

    static async Task KillAsync(TrackerProcess process, int after)
    {
        await Task.Delay(after);
        process.Process.Kill();
        await process.Process.WaitForExitAsync();
    }

    static async Task<bool> TrySendAsync(ApiClient client, IEnumerable<string> recipients)
    {
        try
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Mails.Proposal(to: string.Join(", ", recipients))));
            content.Headers.ContentType = new("message/rfc822");
            using var answer = await client.SendAsync(HttpMethod.Post, "/messages?deliver=true&mime=false", content);
            return answer.StatusCode == HttpStatusCode.Created;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>Many mails to a server that takes some, refuses some for now and some for good: every recipient ends in exactly one of two ways.</summary>
public sealed class OutboxMixed() : OutboxTest(Engine.SqliteAsync)
{
    protected override (string, string)[] Settings => [("Tracker:Outbox:RepPerHour", "1000000"), ("Tracker:Outbox:GiveUpHours", "2")];

    [Fact]
    public async Task Every_recipient_is_delivered_or_in_exactly_one_report()
    {
        var mails = Environment.GetEnvironmentVariable("TRACKER_LONG") is null ? 60 : 1000;
        var random = new Random(5);
        string Mixed(string to)
        {
            lock (random)
            {
                return to.StartsWith("rita", StringComparison.Ordinal) ? "250 2.1.5 Ok" : to.StartsWith("gone", StringComparison.Ordinal) ? "550 5.1.1 no such user"
                    : to.StartsWith("full", StringComparison.Ordinal) ? "452 4.2.2 full" : random.Next(4) == 0 ? "451 4.3.0 later" : "250 2.1.5 Ok";
            }
        }
        Sink.AtRecipient = Mixed;
        var all = new List<string>();
        for (var i = 0; i < mails; i++)
        {
            var to = new[] { $"a{i}", $"b{i}", $"c{i}", $"gone{i}", $"full{i}" }.Select(n => n + "@customer.example").ToList();
            all.AddRange(to);
            await SendAsync(Mails.Proposal(to: string.Join(", ", to)), "&mime=false");
        }
        async Task<long> LeftAsync() => await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from deliveries where state = 'queued'"), Ct);
        await Until.TrueAsync(async () =>
        {
            // The hours pass whenever everything that was due has been tried.
            if (await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from deliveries where state = 'queued' and due_at_ms <= @now", new { now = Server.Time.GetUtcNow().ToUnixTimeMilliseconds() }), Ct) == 0)
            {
                Advance(TimeSpan.FromMinutes(6));
            }
            return await LeftAsync() == 0;
        }, "every delivery has ended", TimeSpan.FromMinutes(10));
        var delivered = Sink.Mails.Where(m => m.Sender.Length > 0).GroupBy(m => m.Recipient).ToDictionary(g => g.Key, g => g.Count());
        var reported = Sink.Mails.Where(m => m.Sender.Length == 0).Select(m => m.Text.Split("Final-Recipient: rfc822; ")[1].Split("\r\n")[0]).GroupBy(r => r).ToDictionary(g => g.Key, g => g.Count());
        Assert.All(all, r => Assert.Equal(1, delivered.GetValueOrDefault(r) + reported.GetValueOrDefault(r)));
        Assert.Equal(mails * 5, delivered.Count + reported.Count);
        Assert.True(reported.Count >= mails * 2);
        Assert.All(Sink.Mails.Where(m => m.Sender.Length == 0), m => Assert.Equal("rita@example.com", m.Recipient));
        Assert.InRange(Sink.MostAtOnce, 1, 4);
        Assert.True(Sink.Connections < mails * 5 / 10, $"{Sink.Connections} connections: they are not kept");
    }
}

/// <summary>A rep who sends more than their share waits, others don't.</summary>
public sealed class OutboxQuota() : OutboxTest(Engine.SqliteAsync)
{
    protected override (string, string)[] Settings => [("Tracker:Outbox:RepPerHour", "3"), ("Tracker:Outbox:Connections", "1")];

    [Fact]
    public async Task More_than_the_quota_waits_for_the_next_hour()
    {
        var message = await SendAsync(Mails.Proposal(to: string.Join(", ", Enumerable.Range(0, 5).Select(i => $"p{i}@customer.example"))));
        await Until.TrueAsync(() => Sink.Mails.Count == 3, "three have gone");
        await Until.TrueAsync(async () => (await Rita.GetAsync("/deliveries?state=queued"))["items"]!.AsArray().Count(d => d!["answer"] is not null) == 2, "two are told why they wait");
        Assert.Contains("RepPerHour", (await Rita.GetAsync("/deliveries?state=queued")).Text("items", 0, "answer"), StringComparison.Ordinal);
        var olga = await Server.RepClientAsync("olga@example.com");
        await SendAsync(olga, Encoding.UTF8.GetBytes(Mails.Proposal(to: "other@customer.example")));
        await Until.TrueAsync(() => Sink.Mails.Any(m => m.Recipient == "other@customer.example"), "the other rep's mail has gone");
        Advance(TimeSpan.FromMinutes(61));
        await StateAsync(message, "p4@customer.example", "sent");
    }
}
