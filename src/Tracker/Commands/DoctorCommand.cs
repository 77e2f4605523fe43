using System.CommandLine;
using System.Data.Common;
using Tracker.Domain.Tokens;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Commands;

/// <summary>Says in plain words what is wrong and what to do about it.</summary>
public static class DoctorCommand
{
    sealed record Source
    {
        public long Hits { get; init; }
        public long Sources { get; init; }
        public string Any { get; init; } = "";
    }

    /// <summary>Hits looked at for the proxy check, and how many there must be before it says anything.</summary>
    const int LookedAt = 1000, Enough = 20;

    public static Command Create(CommandContext context)
    {
        var command = new Command("doctor", "Checks the installation and says what is wrong and what to do.");
        command.SetAction((_, ct) => RunAsync(context, ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, CancellationToken ct)
    {
        var settings = context.Settings();
        var findings = new List<(bool Ok, string Text)>
        {
            (true, $"Settings are right; data folder {settings.DataFolder}."),
            KeyRing(settings, context.Time.GetUtcNow()),
            Consent(settings),
        };
        try
        {
            await context.WithDatabaseAsync(settings, async database =>
            {
                findings.Add((true, $"The database ({(database.SqliteFile is null ? "PostgreSQL" : database.SqliteFile)}) is there and of this version."));
                findings.Add(await ProxyAsync(database, settings, ct));
                findings.Add(await SetAsideAsync(database, ct));
                return 0;
            }, ct);
        }
        catch (DbException e)
        {
            findings.Add((false, $"The database does not open: {e.Message} Pixels and links work meanwhile and their hits are kept in the journal. Start the database, or correct ConnectionStrings:Tracker."));
        }
        foreach (var (ok, text) in findings)
        {
            Console.WriteLine($"{(ok ? "ok      " : "PROBLEM ")}{text}");
        }
        return findings.TrueForAll(f => f.Ok) ? 0 : CommandLine.Failed;
    }

    static (bool, string) KeyRing(TrackerSettings settings, DateTimeOffset now)
    {
        var ring = KeyRingFile.Open(settings.KeyRingFile, now);
        var open = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(settings.KeyRingFile) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0;
        return open
            ? (false, $"Others on this machine can read the signing keys: chmod 600 {settings.KeyRingFile}")
            : (true, $"The key ring has {ring.Keys.Count} key(s) and is private. Back it up: without it no link ever sent works.");
    }

    static (bool, string) Consent(TrackerSettings settings) => settings.UnknownConsent switch
    {
        TrackerSettings.Off => (true, "Recipients whose wish is unknown are not tracked."),
        TrackerSettings.Track => (true, "Recipients whose wish is unknown are tracked, as set."),
        _ => (true, "Recipients whose wish is unknown are tracked, because the public address is this machine's own. A public one will ask you to choose (Tracker:UnknownConsent)."),
    };

    // By network and not by address: addresses are stored as hashes that change daily, and a proxy stays in its network over the days.
    // Behind a proxy that is not trusted every hit seems to come from the proxy, and every rule about networks is blind.
    static async Task<(bool, string)> ProxyAsync(Database database, TrackerSettings settings, CancellationToken ct)
    {
        var seen = await database.ReadAsync(s => s.FirstAsync<Source>($"""
            select count(*) as hits, count(distinct source_prefix) as sources, coalesce(max(source_prefix), '') as any
            from (select source_prefix from hits order by id desc limit {LookedAt}) recent
            """), ct);
        return seen is { Hits: >= Enough, Sources: 1 }
            ? (false, $"The last {seen.Hits} hits all came from one network ({seen.Any}). If that is your reverse proxy, add it to Tracker:TrustedProxies (now: {string.Join(", ", settings.TrustedProxies)}) and have it send X-Forwarded-For; until then no network can be told from another.")
            : (true, seen!.Hits < Enough ? $"Too few hits ({seen.Hits}) to see whether a proxy hides the readers' addresses." : $"The last {seen.Hits} hits came from {seen.Sources} networks.");
    }

    static async Task<(bool, string)> SetAsideAsync(Database database, CancellationToken ct)
    {
        var count = await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits_set_aside"), ct);
        return count == 0 ? (true, "No hit was set aside.") : (false, $"{count} hit(s) could not be stored and stand in the table hits_set_aside, each with its problem.");
    }
}
