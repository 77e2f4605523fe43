using System.CommandLine;
using System.Data.Common;
using Tracker.Inbound;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Commands;

/// <summary>Takes one mail that came in, where a mail server or filter pipes it, in place of watching a mailbox.</summary>
public static class InboundCommand
{
    /// <summary>EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and tries again. Any other failure would bounce it to the prospect.</summary>
    public const int TryAgain = 75;

    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The mail; - or nothing for standard input.", DefaultValueFactory = _ => "-" };
        var command = new Command("inbound", "Takes one mail that came in and says whether it answers something. Exit code 75: try again later.") { file };
        command.SetAction((parsed, ct) => RunAsync(context, parsed.GetValue(file)!, ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, string file, CancellationToken ct)
    {
        try
        {
            var settings = context.Settings();
            using var bytes = new MemoryStream();
            await using (var input = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file))
            {
                await input.CopyToAsync(bytes, ct);
            }
            if (IncomingMail.Read(bytes.ToArray()) is not { } mail)
            {
                Console.WriteLine("No mail: it has no header section. Nothing was done.");
                return 0;
            }
            await using var services = context.Services(settings);
            var database = services.GetRequiredService<Database>();
            await Migrations.RunAsync(database, context.Time, ct);
            var now = context.Time.GetUtcNow();
            var handled = await database.WriteAsync(s => services.GetRequiredService<AnswerDesk>().TakeAsync(s, mail, now, now), ct);
            Console.WriteLine(handled.Copies == 0 ? $"{Names.Of(handled.Kind)}, of no mail that was sent from here." : $"{Names.Of(handled.Kind)}, of {handled.Copies} cop{(handled.Copies == 1 ? "y" : "ies")} sent from here.");
            return 0;
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or TimeoutException or SettingsException or NewerDatabaseException)
        {
            Console.Error.WriteLine(e.Message);
            return TryAgain;
        }
    }
}
