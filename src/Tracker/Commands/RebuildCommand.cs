using System.CommandLine;
using System.Globalization;
using Tracker.Domain.Signals;
using Tracker.Engagement;
using Tracker.Storage;

namespace Tracker.Commands;

/// <summary>Derives verdicts, heat and prompts anew from stored hits.</summary>
public static class RebuildCommand
{
    /// <summary>Quick work needs no progress, long work a sign of life.</summary>
    static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    public static Command Create(CommandContext context)
    {
        var command = new Command("rebuild", "Judges stored hits anew with today's rules and counts heat, sittings and prompts anew. Works beside a running server.");
        command.SetAction((_, ct) => RunAsync(context, ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, CancellationToken ct)
    {
        await using var services = context.Services(context.Settings());
        await Migrations.RunAsync(services.GetRequiredService<Database>(), context.Time, ct);
        var told = context.Time.GetTimestamp();
        var report = await ActivatorUtilities.CreateInstance<Rebuild>(services).RunAsync((what, done, all) =>
        {
            if (context.Time.GetElapsedTime(told) >= TellEvery)
            {
                told = context.Time.GetTimestamp();
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {done:N0} of {all:N0}"));
            }
        }, ct);
        Console.WriteLine(Text(report));
        return 0;
    }

    public static string Text(RebuildReport report)
    {
        var changed = report.Changed.Count == 0 ? ["  no verdict changed"] : report.Changed.Select(c => string.Create(CultureInfo.InvariantCulture, $"  {c.Value:N0} {c.Key}"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            Judged {report.Hits - report.Frozen:N0} hits of {report.Copies:N0} copies anew, with version {Judge.RulesVersion} of the rules:
            {string.Join('\n', changed)}
            Frozen: {report.Frozen:N0} hits whose User-Agent is kept no longer; their verdict stands.
            Counted {report.Prospects:N0} prospects anew; {report.PromptsWithdrawn:N0} prompts and owed calls were withdrawn. Answered prompts stay answered.
            """);
    }
}
