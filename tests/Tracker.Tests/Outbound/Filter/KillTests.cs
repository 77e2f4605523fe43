using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tracker.Tests.Commands;
using Tracker.Tests.Signals;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>S1: the filter, as a process of its own, is killed and stopped at random moments while mail flows. Nothing is lost, nothing bounces.</summary>
public sealed partial class KillTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("tracker-test-").FullName;
    TrackerProcess? _tracker;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    async Task StartAsync(Postfix postfix)
    {
        (_tracker, _) = await TrackerProcess.ServeAsync(_folder, $"--Tracker:Filter:Listen=127.0.0.1:{postfix.Filter}", $"--Tracker:Filter:NextHop=127.0.0.1:{postfix.Reinjection}");
    }

    [Fact]
    public async Task Kills_at_random_moments_lose_nothing_and_bounce_nothing()
    {
        var (mails, recipients) = (Long.Run ? 1000 : 40, 3);
        var random = new Random(20260302);
        await using var world = new Hop();
        await using var postfix = await RealPostfix.StartAsync(world.Port);
        Assert.Equal(0, (await TrackerProcess.RunAsync(_folder, null, "reps", "add", "rita@example.com", "--name", "Rita Rep")).Code);
        await StartAsync(postfix);
        var sending = Sender.SendAsync(postfix.Front, Enumerable.Range(0, mails).Select(i => (
            Sender.Mail(i, padding: random.Next(40_000)), (IReadOnlyList<string>)[.. Enumerable.Range(0, recipients).Select(r => $"reader{r}@customer.example")])));
        var (kills, stops) = (0, 0);
        while (world.Mails.Count < mails * recipients && (kills < 5 || Long.Run))
        {
            // At least something arrives between two kills, or this would never end.
            var before = world.Mails.Count;
            await Until.TrueAsync(async () =>
            {
                await postfix.FlushAsync();
                return world.Mails.Count > before + (Long.Run ? 24 : 4) || world.Mails.Count >= mails * recipients;
            }, "mail arrives");
            await Task.Delay(random.Next(60), Ct);
            if (random.Next(4) == 0)
            {
                await SignalAsync("-STOP");
                await Task.Delay(random.Next(1500), Ct);
                await SignalAsync("-CONT");
                stops++;
                continue;
            }
            await _tracker!.DisposeAsync();
            kills++;
            await Task.Delay(random.Next(500), Ct);
            await StartAsync(postfix);
        }
        await sending;
        await postfix.EmptyAsync(TimeSpan.FromMinutes(Long.Run ? 20 : 3));
        await _tracker!.DisposeAsync();

        var arrived = world.Mails.GroupBy(m => (MessageId().Match(m.Raw).Value, m.Recipient)).ToList();
        Assert.Equal(mails * recipients, arrived.Count);
        Assert.Equal(0, postfix.Count("status=bounced"));
        var duplicates = world.Mails.Count - arrived.Count;
        TestContext.Current.TestOutputHelper?.WriteLine($"{mails * recipients} copies, {kills} kills, {stops} stops: {duplicates} duplicates, {postfix.Count("status=deferred")} deferrals.");
        // Only what the next hop had taken when the filter died may come twice: one mail a connection.
        Assert.InRange(duplicates, 0, kills * 10);
        // And then it is the same mail with the same tokens.
        Assert.All(arrived, copies => Assert.Single(copies.Select(c => Pixel().Match(c.Raw).Value).Distinct()));
        Assert.All(world.Mails, m => Assert.Matches(Pixel(), m.Raw));
    }

    Task SignalAsync(string signal) => Postfix.RunAsync("kill", signal, _tracker!.Process.Id.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex("^Message-ID: .*$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex MessageId();

    [GeneratedRegex(@"/o/[\w-]+\.gif")]
    private static partial Regex Pixel();

    /// <summary>S7. The size is told at the end, since nobody announced it.</summary>
    [Fact]
    public async Task Mails_over_the_limit_cost_no_memory()
    {
        var mails = Long.Run ? 100 : 5;
        await using var world = new Hop();
        var port = Postfix.FreePort();
        (_tracker, _) = await TrackerProcess.ServeAsync(_folder, $"--Tracker:Filter:Listen=127.0.0.1:{port}", $"--Tracker:Filter:NextHop=127.0.0.1:{world.Port}");
        await using var tracker = _tracker;
        using var line = await Line.ToAsync(port);
        await line.AnswerAsync();
        await line.AskAsync("EHLO laptop.example.com");
        Assert.StartsWith("552 5.3.4", await line.AskAsync("MAIL FROM:<a@b.example> SIZE=100000000"), StringComparison.Ordinal);
        await OverAsync(line);
        var before = Resident(tracker.Process);
        for (var i = 0; i < mails; i++)
        {
            await OverAsync(line);
        }
        var grown = Resident(tracker.Process) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{mails} mails of 100 MB: resident memory grew by {grown / 1e6:0.0} MB from {before / 1e6:0} MB.");
        Assert.InRange(grown, long.MinValue, 32_000_000);
        Assert.Empty(world.Mails);
    }

    static async Task OverAsync(Line line)
    {
        await line.AskAsync("MAIL FROM:<a@b.example>");
        await line.AskAsync("RCPT TO:<paul@customer.example>");
        Assert.StartsWith("354", await line.AskAsync("DATA"), StringComparison.Ordinal);
        var megabyte = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 10_000)));
        for (var i = 0; i < 100; i++)
        {
            await line.WriteAsync(megabyte);
        }
        Assert.StartsWith("552 5.3.4", await line.AskAsync("."), StringComparison.Ordinal);
    }

    static long Resident(Process process) =>
        long.Parse(File.ReadLines($"/proc/{process.Id}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
