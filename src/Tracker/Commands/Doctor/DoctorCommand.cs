using System.CommandLine;
using System.Data.Common;
using Tracker.Storage;

namespace Tracker.Commands.Doctor;

/// <param name="Text">In plain words; for a problem with what to do about it.</param>
public sealed record Finding(bool Ok, string Text)
{
    public static Finding Fine(string text) => new(true, text);

    public static Finding Wrong(string text) => new(false, text);
}

/// <summary>Says in plain words what is wrong and what to do about it. Looks, and makes nothing: least of all a key ring.</summary>
public static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("doctor", "Checks the installation and says what is wrong and what to do.");
        command.SetAction((_, ct) => RunAsync(context, ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, CancellationToken ct)
    {
        var settings = context.Settings();
        var findings = new List<Finding> { Finding.Fine($"Settings are right; data folder {settings.DataFolder}.") };
        findings.AddRange(FolderChecks.Run(settings, context.Time.GetUtcNow()));
        try
        {
            await context.WithDatabaseAsync(settings, async database =>
            {
                findings.Add(Finding.Fine($"The database ({database.SqliteFile ?? "PostgreSQL"}) is there and of this version."));
                findings.AddRange(await DatabaseChecks.RunAsync(database, settings, context.Time.GetUtcNow(), ct));
                return 0;
            }, ct);
        }
        catch (Exception e) when (e is DbException or NewerDatabaseException or IOException)
        {
            findings.Add(Finding.Wrong(
                $"The database does not open: {e.Message} Pixels and links work meanwhile and their hits are kept in the journal. Start the database, correct ConnectionStrings:Tracker, or restore a backup."));
        }
        foreach (var (ok, text) in findings)
        {
            Console.WriteLine($"{(ok ? "ok      " : "PROBLEM ")}{text}");
        }
        return findings.TrueForAll(f => f.Ok) ? 0 : CommandLine.Failed;
    }
}
