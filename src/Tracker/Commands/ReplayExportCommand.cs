using System.CommandLine;
using System.Text.Json;
using Tracker.Storage;
using Tracker.Traces;

namespace Tracker.Commands;

/// <summary>Writes rated history as anonymised traces, so that installations can share what they see.</summary>
public static class ReplayExportCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("replay-export", "Writes the traffic behind rated prompts as anonymised traces that 'replay' reads, one JSON object a line.");
        command.SetAction((_, ct) => RunAsync(context, ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, CancellationToken ct)
    {
        await using var services = context.Services(context.Settings());
        var database = services.GetRequiredService<Database>();
        await Migrations.RunAsync(database, context.Time, ct);
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { NewLine = "\n" };
        var (written, skipped) = (0, 0);
        await foreach (var trace in ActivatorUtilities.CreateInstance<TraceExport>(services).RunAsync(database, () => skipped++, ct))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(trace, Trace.Format));
            written++;
        }
        Console.Error.WriteLine($"{written} traces written{(skipped > 0 ? $"; {skipped} left out: their User-Agents are kept no longer, or too much has happened since" : "")}.");
        return 0;
    }
}
