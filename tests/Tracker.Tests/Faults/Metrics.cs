using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Journal;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>Meters belong to the process, so another test's server in it would be counted too: tests that compare counts run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountedAlone
{
    public const string Name = "counted alone";
}

/// <summary>What the server says of itself at /metrics.</summary>
static class Metrics
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The sum over all labels that contain this text; 0 when there is no such metric.</summary>
    public static Task<long> ValueAsync(TestServer server, string name, string label = "") => ValueAsync(server.Http, name, label);

    static async Task<long> ValueAsync(HttpClient http, string name, string label = "") =>
        (from line in (await http.GetStringAsync("/metrics", Ct)).Split('\n')
         where line.StartsWith(name + " ", StringComparison.Ordinal) || line.StartsWith(name + "{", StringComparison.Ordinal)
         where line.Contains(label, StringComparison.Ordinal)
         let parts = line.Split('}')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)
         select (long)double.Parse(parts[line.Contains('}', StringComparison.Ordinal) ? 0 : 1], CultureInfo.InvariantCulture)).Sum();

    /// <summary>O6: recorded and unrecorded together are all that was answered, by the server's own count and by the askers'.</summary>
    public static async Task<(long Recorded, long Unrecorded)> AddUpAsync(TestServer server, long answered)
    {
        OnlyOneServer();
        var (yes, no) = await AddUpAsync(server.Http, answered);
        var status = server.Services.GetRequiredService<HitJournal>().Status;
        Assert.True((status.Recorded, status.Unrecorded) == (yes, no), $"counted as recorded {yes}, unrecorded {no}; the journal knows {status}");
        return (yes, no);
    }

    /// <summary>The same of a server in a process of its own.</summary>
    public static async Task<(long Recorded, long Unrecorded)> AddUpAsync(HttpClient http, long answered)
    {
        // The exporter answers from memory for a moment.
        await Until.TrueAsync(async () => await ValueAsync(http, "tracker_hits_answered_total") >= answered, "the metrics have counted all");
        var (yes, no) = (await ValueAsync(http, "tracker_hits_answered_total", "recorded=\"yes\""), await ValueAsync(http, "tracker_hits_answered_total", "recorded=\"no\""));
        var (recorded, unrecorded) = (await ValueAsync(http, "tracker_journal_recorded_total"), await ValueAsync(http, "tracker_journal_unrecorded_total"));
        Assert.True(
            (yes + no, recorded, unrecorded) == (answered, yes, no), $"{answered} answers came; counted as recorded {yes}, unrecorded {no}; the journal tells {recorded} and {unrecorded}");
        return (yes, no);
    }

    /// <summary>A server that some test left behind would be in the same metrics, and the sums would say nothing.</summary>
    static void OnlyOneServer()
    {
        var counters = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) => counters += instrument.Name == "tracker.journal.recorded" ? 1 : 0;
        listener.Start();
        Assert.True(counters == 1, $"{counters} servers are in this process's metrics");
    }
}
