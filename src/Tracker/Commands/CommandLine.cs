using System.CommandLine;
using System.Data.Common;
using Tracker.Commands.Doctor;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Commands;

/// <summary>The verbs. Without one: serve. Settings may stand anywhere, as --Name:Name=value; what is left is the verb's.</summary>
public static class CommandLine
{
    public const int Failed = 1, WrongUse = 2;

    static readonly string[] SettingPrefixes = ["--Tracker:", "--ConnectionStrings:", "--Logging:", "--Kestrel:", "--urls"];

    public static async Task<int> RunAsync(string[] args)
    {
        var (settings, rest) = Split(args);
        var context = new CommandContext(settings);
        var root = new RootCommand("Tracker: tells a sales rep the minute a prospect is reading. Without a verb: serve.\n\nSettings: --Tracker:DataFolder=FOLDER, --urls=ADDRESS and every other name in appsettings.json, in any place.")
        {
            ServeCommand.Create(context),
            DemoCommand.Create(context),
            RepsCommand.Create(context),
            KeyRingCommand.Create(context),
            NodesCommand.Create(context),
            LinksCommand.Create(context),
            KeysCommand.Create(context),
            InstrumentCommand.Create(context),
            InboundCommand.Create(context),
            ReplayCommand.Create(context),
            ReplayExportCommand.Create(context),
            ImportCommand.CreateImport(context),
            ImportCommand.CreateExport(context),
            RebuildCommand.Create(context),
            NetworksCommand.Create(context),
            DoctorCommand.Create(context),
        };
        foreach (var command in BackupCommands.Create(context))
        {
            root.Subcommands.Add(command);
        }
        root.SetAction((_, ct) => ServeCommand.RunAsync(context, redirectOnly: false, ct));
        try
        {
            // No limit of its own on a stop: the default ends the process after 2 s, in the middle of the server's 10 s for finishing what is under way.
            return await root.Parse(rest).InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (Explain(e) is { } text)
        {
            Console.Error.WriteLine(text);
            return Failed;
        }
    }

    // What goes wrong for reasons outside the program is told in a sentence; anything else keeps its stack.
    static string? Explain(Exception e) => e switch
    {
        SettingsException or NewerDatabaseException or StrangerException or InvalidDataException or CommandException => e.Message,
        DbException damage when Dialect.Sqlite.IsDamage(damage) => $"The database's file is damaged ({e.Message}). Stop the server and restore the latest backup: tracker restore FILE --replace.",
        DbException => "The database did not do it: " + e.Message,
        IOException or UnauthorizedAccessException => e.Message,
        _ => null,
    };

    static (string[] Settings, string[] Verb) Split(string[] args)
    {
        var (settings, rest) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            if (!SettingPrefixes.Any(p => args[i].StartsWith(p, StringComparison.OrdinalIgnoreCase)))
            {
                rest.Add(args[i]);
                continue;
            }
            settings.Add(args[i]);
            if (!args[i].Contains('=', StringComparison.Ordinal) && i + 1 < args.Length)
            {
                settings.Add(args[++i]);
            }
        }
        return ([.. settings], [.. rest]);
    }
}

/// <summary>The command cannot do what was asked, for a reason its user can do something about.</summary>
public sealed class CommandException(string message) : Exception(message)
{
    /// <summary>What the API would answer with as a problem, a command says in a sentence.</summary>
    public static T Or<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Web.ProblemException e)
        {
            throw new CommandException(e.Message);
        }
    }
}
