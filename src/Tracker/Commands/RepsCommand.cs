using System.CommandLine;
using System.Text.Json;
using Tracker.Access;
using Tracker.Outbound;
using Tracker.Settings;
using Tracker.Web;

namespace Tracker.Commands;

public static class RepsCommand
{
    public static Command Create(CommandContext context)
    {
        var email = new Argument<string>("EMAIL") { Description = "The rep's mail address." };
        var name = new Option<string>("--name") { Description = "The rep's name.", Required = true, HelpName = "NAME" };
        var admin = new Option<bool>("--admin") { Description = "May manage keys and settings." };
        var add = new Command("add", "Adds a rep, or gives one who is there the name and --admin, and prints a one-time sign-in link.") { email, name, admin };
        add.SetAction((parsed, ct) => AddAsync(context, parsed.GetValue(email)!, parsed.GetValue(name)!, parsed.GetValue(admin), ct));
        var list = new Command("list", "Lists the reps.");
        list.SetAction((_, ct) => ListAsync(context, ct));
        return new("reps", "People who sign in.") { add, list, Options(context, email) };
    }

    static Command Options(CommandContext context, Argument<string> email)
    {
        var wishes = new OutboundOptionArguments();
        var host = new Option<string?>("--tracking-url") { Description = "The rep's own tracking host, such as https://t.example.com, which must lead to this server; '' for none.", HelpName = "URL" };
        var clear = new Option<bool>("--clear") { Description = "First forget what the rep wished so far." };
        var command = new Command("options", "Shows or changes what is put into a rep's mail, as JSON; what is null is left to the settings.") { email, host, clear };
        wishes.AddTo(command);
        command.SetAction((parsed, ct) => OptionsAsync(context, parsed.GetValue(email)!, wishes.Read(parsed, parsed.GetValue(host)), parsed.GetValue(clear), ct));
        return command;
    }

    static async Task<int> OptionsAsync(CommandContext context, string email, OutboundOptions asked, bool clear, CancellationToken ct)
    {
        var settings = context.Settings();
        CommandException.Or(() => { asked.CheckConsent(settings); return asked; });
        var options = await context.WithDatabaseAsync(settings, database => database.WriteAsync(async s =>
        {
            var rep = await Reps.FindAsync(s, email) ?? throw new CommandException($"There is no rep '{email}'. Add it first: tracker reps add {email} --name NAME");
            var was = await RepOptions.OfAsync(s, rep.Id);
            var wanted = asked.Or(clear ? new() : was);
            if (wanted != was)
            {
                await RepOptions.PutAsync(s, rep.Id, wanted, context.Time.GetUtcNow());
            }
            return wanted;
        }, ct), ct);
        Console.WriteLine(JsonSerializer.Serialize(options, ApiJson.Options));
        return 0;
    }

    static async Task<int> AddAsync(CommandContext context, string text, string name, bool isAdmin, CancellationToken ct)
    {
        var email = Emails.Parse(text) ?? throw new CommandException($"'{text}' is not one mail address such as rita@example.com.");
        var settings = context.Settings();
        var now = context.Time.GetUtcNow();
        var (rep, what, link) = await context.WithDatabaseAsync(settings, database => database.WriteAsync(async s =>
        {
            var (rep, added) = await Reps.AddAsync(s, email, name.Trim(), isAdmin, now);
            // Without --admin nobody stops being one: the verb is also the way to a new sign-in link.
            var wanted = rep with { Name = name.Trim(), IsAdmin = rep.IsAdmin || isAdmin };
            if (wanted != rep)
            {
                await Reps.ChangeAsync(s, wanted);
            }
            return (wanted, added ? "added" : "is there already" + Changes(rep, wanted), await SignIn.NewLinkAsync(s, rep.Id, now));
        }, ct), ct);
        var address = settings.PublicUrl.Length > 0 ? settings.PublicUrl : Consent.FirstAddress(settings.Urls);
        Console.WriteLine($"{rep.Email} ({rep.Name}) {what}.");
        Console.WriteLine($"Sign in once, within 24 hours: {address}{link}");
        return 0;
    }

    static string Changes(Rep was, Rep now) =>
        (was.Name == now.Name ? "" : $"; the name was {was.Name}") + (was.IsAdmin == now.IsAdmin ? "" : "; now administrator");

    static async Task<int> ListAsync(CommandContext context, CancellationToken ct)
    {
        foreach (var rep in await context.WithDatabaseAsync(context.Settings(), d => d.ReadAsync(Reps.ListAsync, ct), ct))
        {
            Console.WriteLine($"{rep.Email}\t{rep.Name}{(rep.IsAdmin ? "\tadmin" : "")}");
        }
        return 0;
    }
}
