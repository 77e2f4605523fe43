using System.CommandLine;
using Spectre.Console;
using Tracker.Access;
using Tracker.Web;

namespace Tracker.Commands;

public static class KeysCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Option<string>("--name") { Description = "What the key is for.", Required = true, HelpName = "NAME" };
        var scope = new Option<string[]>("--scope") { Description = "What it may do; may be given several times.", Required = true, HelpName = "send|read|admin" };
        scope.AcceptOnlyFromAmong([.. Scopes.All]);
        var rep = new Option<string?>("--rep") { Description = "Binds the key to a rep: it sees that rep's data only. Without, it sees everybody's and must name the rep when sending.", HelpName = "EMAIL" };
        var create = new Command("create", "Makes a key and prints it, alone, once.") { name, scope, rep };
        create.SetAction((parsed, ct) => CreateAsync(context, parsed.GetValue(name)!, parsed.GetValue(scope)!, parsed.GetValue(rep), ct));
        var list = new Command("list", "Lists the keys, without their secrets.");
        list.SetAction((_, ct) => ListAsync(context, ct));
        var id = new Argument<long>("ID") { Description = "From 'keys list'." };
        var revoke = new Command("revoke", "Ends a key at once.") { id };
        revoke.SetAction((parsed, ct) => RevokeAsync(context, parsed.GetValue(id), ct));
        return new("keys", "API keys for programs.") { create, list, revoke };
    }

    static async Task<int> CreateAsync(CommandContext context, string name, string[] scopes, string? rep, CancellationToken ct)
    {
        var key = await context.WithDatabaseAsync(context.Settings(), database => database.WriteAsync(async s =>
        {
            var bound = rep is null ? null : await Reps.FindAsync(s, rep)
                ?? throw new CommandException($"There is no rep '{rep}'. Add it first: tracker reps add {rep} --name NAME");
            return await ApiKeys.CreateAsync(s, name, scopes, bound?.Id, context.Time.GetUtcNow());
        }, ct), ct);
        // Alone on standard output, so that KEY=$(tracker keys create …) works.
        Console.WriteLine(key);
        return 0;
    }

    static async Task<int> ListAsync(CommandContext context, CancellationToken ct)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("id", "name", "begins with", "scopes", "rep", "made", "last used", "revoked");
        foreach (var key in await context.WithDatabaseAsync(context.Settings(), d => d.ReadAsync(ApiKeys.ListAsync, ct), ct))
        {
            table.AddRow([.. new[] { Ids.Text(key.Id), key.Name, key.Hint + "…", key.Scopes, key.Rep ?? "everybody", Day(key.CreatedAtMs), Day(key.LastUsedAtMs), Day(key.RevokedAtMs) }.Select(Markup.Escape)]);
        }
        AnsiConsole.Write(table);
        return 0;
    }

    static async Task<int> RevokeAsync(CommandContext context, long id, CancellationToken ct)
    {
        var done = await context.WithDatabaseAsync(context.Settings(), d => d.WriteAsync(s => ApiKeys.RevokeAsync(s, id, context.Time.GetUtcNow()), ct), ct);
        Console.WriteLine(done ? $"Key {id} is revoked." : throw new CommandException($"There is no key {id} that could be revoked; see 'tracker keys list'."));
        return 0;
    }

    static string Day(long? ms) => ms is { } value ? Times.Of(value).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) : "";
}
