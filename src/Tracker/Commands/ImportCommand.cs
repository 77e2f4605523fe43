using System.CommandLine;
using System.Globalization;
using System.Text;
using Tracker.Access;
using Tracker.FollowUp.Import;

namespace Tracker.Commands;

/// <summary>Prospects and deals in and out, as CSV.</summary>
public static class ImportCommand
{
    public static Command CreateImport(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "CSV with a line of column names; - reads standard input." };
        var rep = new Option<string>("--rep") { Description = "Rep of the rows that name none.", HelpName = "EMAIL" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would happen, and changes nothing." };
        var command = new Command("import", $"Imports prospects and deals from CSV: all rows or none. Columns: {string.Join(", ", ImportRow.Columns)}.") { file, rep, dryRun };
        command.SetAction((parsed, ct) => ImportAsync(context, parsed.GetValue(file)!, parsed.GetValue(rep), parsed.GetValue(dryRun), ct));
        return command;
    }

    public static Command CreateExport(CommandContext context)
    {
        var what = new Argument<string?>("TABLE") { Description = $"One of {string.Join(", ", ExportFile.Tables)}, to standard output; left out: all of them into --out.", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string>("--out") { Description = "Folder to write TABLE.csv files into.", HelpName = "FOLDER" };
        var command = new Command("export", "Exports prospects, deals, touches, plans and what is owed as CSV.") { what, folder };
        command.SetAction((parsed, ct) => ExportAsync(context, parsed.GetValue(what), parsed.GetValue(folder), ct));
        return command;
    }

    static async Task<int> ImportAsync(CommandContext context, string file, string? repEmail, bool dryRun, CancellationToken ct)
    {
        var settings = context.Settings();
        using var text = file == "-" ? Console.In : new StreamReader(file, Encoding.UTF8);
        var report = await context.WithDatabaseAsync(settings, async database =>
        {
            var rep = repEmail is null ? null : await database.ReadAsync(s => Reps.FindAsync(s, repEmail), ct)
                ?? throw new CommandException($"There is no rep '{repEmail}'. Add it first: {Invocation.Text} reps add {repEmail} --name NAME");
            return await ImportBook.RunAsync(database, text, null, rep, dryRun, (done, all) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {all:N0} rows")), context.Time.GetUtcNow(), ct);
        }, ct);
        foreach (var error in report.Errors)
        {
            Console.Error.WriteLine($"row {error.Row}{(error.Column is null ? "" : $", {error.Column}")}: {error.Problem}");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(report.Imported ? "Imported" : report.Errors.Count > 0 ? "Nothing was imported; it would have been" : "Dry run, nothing was changed; it would be")}: {report.ProspectsAdded:N0} new prospects, {report.ProspectsUpdated:N0} known ones, {report.DealsAdded:N0} new deals; {report.DealsKept:N0} deals were there already."));
        return report.Errors.Count > 0 ? CommandLine.Failed : 0;
    }

    static async Task<int> ExportAsync(CommandContext context, string? what, string? folder, CancellationToken ct)
    {
        if (what is not null && !ExportFile.Tables.Contains(what))
        {
            throw new CommandException($"There is no table '{what}'. There are: {string.Join(", ", ExportFile.Tables)}.");
        }
        if (what is null && folder is null)
        {
            throw new CommandException($"Name a table ({string.Join(", ", ExportFile.Tables)}), or a folder for all of them: --out FOLDER.");
        }
        return await context.WithDatabaseAsync(context.Settings(), async database =>
        {
            foreach (var table in what is null ? ExportFile.Tables : [what])
            {
                await using var output = folder is null ? Console.OpenStandardOutput() : File.Create(Path.Combine(Directory.CreateDirectory(folder).FullName, table + ".csv"));
                await using var writer = new StreamWriter(output, new UTF8Encoding(folder is not null));
                var rows = await ExportFile.WriteAsync(database, table, null, writer, ct);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{table}: {rows:N0} rows"));
            }
            return 0;
        }, ct);
    }
}
