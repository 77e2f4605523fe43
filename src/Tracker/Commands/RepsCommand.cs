using System.CommandLine;
using Tracker.Access;
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
        return new("reps", "People who sign in.") { add, list };
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
