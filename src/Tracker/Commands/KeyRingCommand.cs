using System.CommandLine;
using System.Globalization;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Commands;

/// <summary>The keys that sign tracking addresses.</summary>
public static class KeyRingCommand
{
    /// <summary>A running server reads the file every second; a minute also lets a person copy it to another server.</summary>
    const int SignsInSeconds = 60;

    public static Command Create(CommandContext context)
    {
        var signsIn = new Option<int>("--signs-in")
        {
            Description = $"Seconds until the new key signs; until then it only verifies, so that it can be copied to other servers. Default: {SignsInSeconds}.",
            DefaultValueFactory = _ => SignsInSeconds, HelpName = "SECONDS",
        };
        var rotate = new Command("rotate", "Adds a key that signs from now on. Links signed with earlier keys work for ever.") { signsIn };
        rotate.SetAction((parsed, ct) => RotateAsync(context, parsed.GetValue(signsIn), ct));
        var list = new Command("list", "Lists the keys by number and fingerprint, without their secrets.");
        list.SetAction((_, _) => ListAsync(context));
        var accept = new Command("accept", "Makes the database belong to this data folder's key ring. Links signed with keys that are lost never work again.");
        accept.SetAction((_, ct) => AcceptAsync(context, ct));
        return new("keyring", "The keys that sign tracking addresses.") { rotate, list, accept };
    }

    static async Task<int> RotateAsync(CommandContext context, int signsIn, CancellationToken ct)
    {
        if (signsIn is < 0 or > 86_400 * 30)
        {
            throw new CommandException($"--signs-in is {signsIn}. It takes whole seconds from 0 to 30 days.");
        }
        var settings = WithRing(context);
        var key = await KeyRingFile.AddAsync(settings.KeyRingFile, TimeSpan.FromSeconds(signsIn), context.Time, ct);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            Key {key.Id} ({key.Fingerprint}) is added to {settings.KeyRingFile}. It signs in {signsIn} s; every earlier link goes on working.
            A running server takes it over by itself. Other servers on the same database need a copy of the file before then. Back it up now: tracker backup FILE --with-keys
            """));
        return 0;
    }

    static Task<int> ListAsync(CommandContext context)
    {
        var settings = WithRing(context);
        var ring = KeyRingFile.Read(settings.KeyRingFile, context.Time.GetUtcNow());
        foreach (var key in ring.Keys)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key.Id}\t{key.Fingerprint}{(key == ring.Signer ? "\tsigns" : "")}"));
        }
        return Task.FromResult(0);
    }

    static async Task<int> AcceptAsync(CommandContext context, CancellationToken ct)
    {
        var settings = WithRing(context);
        var ring = KeyRingFile.Read(settings.KeyRingFile, context.Time.GetUtcNow());
        await context.WithDatabaseAsync(settings, database => database.WriteAsync<int>(s => Belonging.AcceptKeysAsync(s, ring), ct), ct);
        Console.WriteLine($"The database now belongs to the {ring.Keys.Count} key(s) of {settings.KeyRingFile}. A running server notices by itself.");
        return 0;
    }

    static TrackerSettings WithRing(CommandContext context)
    {
        var settings = context.Settings();
        return File.Exists(settings.KeyRingFile)
            ? settings
            : throw new CommandException($"There is no key ring {settings.KeyRingFile} yet; the first 'tracker serve' makes it. If there was one, put it back from a backup first.");
    }
}
