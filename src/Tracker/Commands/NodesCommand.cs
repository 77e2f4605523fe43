using System.CommandLine;
using System.Globalization;
using Tracker.Storage;

namespace Tracker.Commands;

/// <summary>Which data folder feeds the database under which number.</summary>
public static class NodesCommand
{
    public static Command Create(CommandContext context)
    {
        var take = new Command("take", "Makes this data folder the owner of its Tracker:Node, when the folder that had it is gone for good.");
        take.SetAction((_, ct) => TakeAsync(context, ct));
        return new("nodes", "Several servers on one PostgreSQL: which data folder has which node number.") { take };
    }

    static async Task<int> TakeAsync(CommandContext context, CancellationToken ct)
    {
        var settings = context.Settings();
        var folder = Belonging.FolderId(settings.DataFolder);
        await context.WithDatabaseAsync(settings, database => database.WriteAsync<int>(s => Belonging.TakeNodeAsync(s, settings.Node, folder, context.Time.GetUtcNow()), ct), ct);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Node {settings.Node} belongs to {settings.DataFolder} now. A running server notices by itself."));
        return 0;
    }
}
