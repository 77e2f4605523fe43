using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>The system itself says that syncs failed, or is slow to say that they are done, to journal and database alike. Nobody waits for it, nothing needs a restart.</summary>
public sealed class SyncTrouble : CommandTests
{
    [Theory]
    [InlineData("error=EIO", "Input/output error")]
    [InlineData("delay_enter=700000", "150 ms")]
    public async Task Syncs_that_fail_or_hang_hold_up_no_reader_and_what_came_meanwhile_is_kept(string fault, string told)
    {
        using var campaign = new Campaign(Path.Combine(Folder, "data"));
        await campaign.PrepareAsync();
        var (server, address) = await TrackerProcess.ServeAsync(Folder, [.. campaign.Settings, "--Tracker:Journal:AnswerWithinMilliseconds=150"]);
        await using (server)
        {
            using var http = new HttpClient { BaseAddress = address };
            await campaign.LoadAsync(address, 4, Ct, enough: () => campaign.Answered >= 50);
            await UnderAsync(server, fault, async () =>
            {
                var before = campaign.Answered;
                using var stop = new CancellationTokenSource();
                var load = campaign.LoadAsync(address, 4, stop.Token);
                await Until.TrueAsync(async () => (await ReadinessAsync(http)).Contains(told, StringComparison.Ordinal), $"readiness says \"{told}\"");
                await Until.TrueAsync(() => campaign.Answered >= before + 100, "a hundred were answered");
                await stop.CancelAsync();
                await load;
            });
            await Until.TrueAsync(async () => (await http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.OK, "it is ready again");
            var answered = campaign.Answered;
            await campaign.LoadAsync(address, 4, Ct, enough: () => campaign.Answered >= answered + 50);
            await campaign.AllThereAsync();
            var (recorded, unrecorded) = await Metrics.AddUpAsync(http, campaign.Answered);
            Assert.True(unrecorded > 0);
            Campaign.Say($"{fault}: {campaign.Answered} answered = {recorded} recorded + {unrecorded} unrecorded; all stored afterwards, without a restart");
        }
    }

    static async Task<string> ReadinessAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/health/ready", Ct);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>strace answers in the system's place while something is done.</summary>
    static async Task UnderAsync(TrackerProcess server, string fault, Func<Task> what)
    {
        var id = server.Process.Id.ToString(CultureInfo.InvariantCulture);
        using var strace = Process.Start(new ProcessStartInfo("strace", ["-f", "-p", id, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:" + fault, "-o", "/dev/null"]) { RedirectStandardError = true })!;
        try
        {
            var line = await strace.StandardError.ReadLineAsync(Ct);
            Assert.Contains("attached", line, StringComparison.Ordinal);
            var rest = strace.StandardError.ReadToEndAsync(Ct);
            await what();
            using var kill = Process.Start("kill", ["-INT", strace.Id.ToString(CultureInfo.InvariantCulture)]);
            await strace.WaitForExitAsync(Ct);
            await rest;
        }
        finally
        {
            if (!strace.HasExited)
            {
                strace.Kill();
            }
        }
    }
}
