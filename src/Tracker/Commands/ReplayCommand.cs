using System.CommandLine;
using System.Text.Json;
using Tracker.Settings;
using Tracker.Traces;
using Tracker.Web;

namespace Tracker.Commands;

/// <summary>Judges recorded traffic with the code that judges live traffic; touches no data of this installation.</summary>
public static class ReplayCommand
{
    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "Traces, one JSON object a line; '-' reads standard input." };
        var score = new Option<bool>("--score") { Description = "Ends with a line that compares with what the traffic really was." };
        var command = new Command("replay", "Judges recorded traffic: one JSON line per trace, with verdicts, reasons and prompts.") { file, score };
        command.SetAction((parsed, ct) => RunAsync(context, parsed.GetValue(file)!, parsed.GetValue(score), ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, string file, bool scored, CancellationToken ct)
    {
        using var input = file == "-" ? new StreamReader(Console.OpenStandardInput()) : File.OpenText(file);
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { NewLine = "\n" };
        await PlayAsync(Settings(context), input, file == "-" ? "standard input" : file, scored, output, ct);
        return 0;
    }

    /// <param name="name">Of the input, for errors.</param>
    /// <exception cref="CommandException">A line is not a trace. What came before it has been written.</exception>
    public static async Task PlayAsync(TrackerSettings settings, TextReader input, string name, bool scored, TextWriter output, CancellationToken ct)
    {
        await using var store = await TraceStore.CreateAsync(settings, ct);
        var (player, score) = (new TracePlayer(store), new TraceScore());
        for (var number = 1; await input.ReadLineAsync(ct) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }
            try
            {
                var trace = Trace.Parse(line, scored);
                var played = await player.PlayAsync(trace, ct);
                score.Add(trace, played);
                await output.WriteLineAsync(JsonSerializer.Serialize(played, ApiJson.Options));
                await output.FlushAsync(ct);
            }
            catch (TraceException e)
            {
                throw new CommandException($"{name}, line {number}: {e.Message}");
            }
        }
        if (scored)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(score, ApiJson.Options));
        }
    }

    // Heat, prompts and networks as they are set here; where data lies does not matter, and whom to track even less.
    static TrackerSettings Settings(CommandContext context) => TrackerSettings.Read(new ConfigurationBuilder().AddConfiguration(context.Configuration)
        .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Tracker"] = "", ["Tracker:UnknownConsent"] = TrackerSettings.Track }).Build());
}
