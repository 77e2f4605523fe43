using System.CommandLine;

namespace Tracker.Commands;

public static class DemoCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("demo", "Serves a made-up sales day, so that you see prompts arrive.");
        command.SetAction((_, _) => Task.FromResult(context.GetHashCode()));
        return command;
    }
}
