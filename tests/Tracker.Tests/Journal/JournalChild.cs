using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Tracker.Journal;

namespace Tracker.Tests.Journal;

/// <summary>
/// A process of its own that appends until it is killed: this very program, which a variable in its environment turns into an appender before the
/// test runner starts. It prints the id of every hit that was answered true.
/// </summary>
static class JournalChild
{
    const string Folder = "TRACKER_TESTS_APPEND_TO";

    public static Process Start(string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Tracker.Tests")) { RedirectStandardOutput = true };
        start.Environment[Folder] = folder;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    /// <summary>Lets it answer this many hits and kills it with SIGKILL.</summary>
    /// <returns>The ids it answered, those on their way included.</returns>
    public static async Task<List<long>> KillAfterAsync(Process child, int hits)
    {
        var answered = new List<long>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may be torn by the kill; a line is whole when its length mark agrees.
            if (line.Split(' ') is [var id, "."])
            {
                answered.Add(long.Parse(id, CultureInfo.InvariantCulture));
            }
            if (answered.Count == hits)
            {
                child.Kill();
            }
        }
        await child.WaitForExitAsync();
        return answered;
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The runner owns Main; this runs before it.")]
    internal static void AppendIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Folder) is not { } folder)
        {
            return;
        }
        var journal = HitJournal.Open(
            new() { Folder = folder, SegmentBytes = 4_000, AnswerWithin = TimeSpan.FromSeconds(30) }, TimeProvider.System, NullLogger<HitJournal>.Instance);
        for (var i = 0; ; i++)
        {
            // Some in one batch, so that a kill can fall between a batch's write and its sync.
            var batch = Enumerable.Range(0, 1 + i % 5).Select(_ => journal.Append(new byte[i % 300])).ToArray();
            foreach (var appended in batch)
            {
                if (appended.Recorded.GetAwaiter().GetResult())
                {
                    Console.Out.Write($"{appended.HitId} .\n");
                }
            }
        }
    }
}
