using System.CommandLine;
using System.Globalization;
using Tracker.Backups;

namespace Tracker.Commands;

/// <summary>Backups: taken beside a running server, checked, put back.</summary>
public static class BackupCommands
{
    public static IEnumerable<Command> Create(CommandContext context)
    {
        var to = File("The backup to write; one of that name is replaced when the new one is whole.");
        var withKeys = new Option<bool>("--with-keys") { Description = "With the signing keys. Keep such a backup as safe as a password." };
        var backup = new Command("backup", "Writes a checked backup of everything acknowledged until now, beside a running server.") { to, withKeys };
        backup.SetAction((parsed, ct) => BackupAsync(context, parsed.GetValue(to)!, parsed.GetValue(withKeys), ct));

        var from = File("A backup.");
        var replace = new Option<bool>("--replace") { Description = "In the place of data that is there; its files are moved aside." };
        var withoutKeys = new Option<bool>("--without-keys") { Description = "Also when the keys of links that are out are lost." };
        var restore = new Command("restore", "Puts a backup back. Never while a server runs on the data folder.") { from, replace, withoutKeys };
        restore.SetAction((parsed, ct) => RestoreAsync(context, parsed.GetValue(from)!, parsed.GetValue(replace), parsed.GetValue(withoutKeys), ct));

        var which = File("A backup.");
        var verify = new Command("verify", "Reads a backup as a restore would, and says what it holds. Changes nothing.") { which };
        verify.SetAction((parsed, _) => Verify(parsed.GetValue(which)!));
        return [backup, restore, verify];
    }

    static Argument<string> File(string description) => new("FILE") { Description = description };

    static async Task<int> BackupAsync(CommandContext context, string file, bool withKeys, CancellationToken ct)
    {
        var settings = context.Settings();
        if (withKeys && !System.IO.File.Exists(settings.KeyRingFile))
        {
            throw new CommandException($"There is no key ring {settings.KeyRingFile} to take with it. Check Tracker:DataFolder, or leave out --with-keys.");
        }
        var content = await context.WithDatabaseAsync(settings, database => Backup.TakeAsync(settings, database, file, withKeys, context.Time, ct), ct);
        Console.WriteLine($"{Path.GetFullPath(file)} is written, read back and found whole: {Text(content)}");
        return 0;
    }

    static async Task<int> RestoreAsync(CommandContext context, string file, bool replace, bool withoutKeys, CancellationToken ct)
    {
        var settings = context.Settings();
        var (content, aside) = await Restore.RunAsync(settings, file, replace, withoutKeys, context.Time, ct);
        Console.WriteLine($"Restored into {settings.DataFolder}: {Text(content)}");
        if (aside is not null)
        {
            Console.WriteLine($"What was there lies in {aside}; delete it when you no longer need it.");
        }
        Console.WriteLine($"Start the server: {Invocation.Text} serve");
        return 0;
    }

    static Task<int> Verify(string file)
    {
        Console.WriteLine($"{file} is whole: {Text(Backup.Verify(file))}");
        return Task.FromResult(0);
    }

    static string Text(BackupContent content)
    {
        var manifest = content.Manifest;
        var hits = content.Hits is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count:N0} hits in the database and {content.Waiting:N0} on their way to it") : "a PostgreSQL dump and the journal";
        return string.Create(CultureInfo.InvariantCulture, $"made {manifest.MadeAt:yyyy-MM-dd HH:mm:ss} UTC, {manifest.Engine}, schema version {manifest.SchemaVersion}, node {manifest.Node}, {hits}, ")
            + (manifest.WithKeys ? "with the signing keys." : $"WITHOUT the signing keys ({string.Join(", ", manifest.Keys)}): without them no link ever sent works. Keep keyring.json elsewhere.");
    }
}
