using System.Globalization;
using Tracker.Journal;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Commands.Doctor;

/// <summary>What the database tells, and whether it fits the data folder.</summary>
static class DatabaseChecks
{
    sealed record Source
    {
        public long Hits { get; init; }
        public long Sources { get; init; }
        public string Any { get; init; } = "";
    }

    /// <summary>Hits looked at for the proxy check, and how many there must be before it says anything.</summary>
    const int LookedAt = 1000, Enough = 20;

    public static async Task<IReadOnlyList<Finding>> RunAsync(Database database, TrackerSettings settings, DateTimeOffset now, CancellationToken ct)
    {
        if (database.SqliteFile is not null && await DatabaseStart.QuickCheckAsync(database, ct) is { } damage)
        {
            return [Finding.Wrong($"The database {database.SqliteFile} is damaged ({damage}). Stop the server and restore the latest backup (tracker restore FILE --replace); hits that wait in the journal are then stored.")];
        }
        return
        [
            await BelongsAsync(database, settings, now, ct),
            await WaitingAsync(database, settings, ct),
            Wal(database),
            await ProxyAsync(database, settings, ct),
            await SetAsideAsync(database, ct),
        ];
    }

    static async Task<Finding> BelongsAsync(Database database, TrackerSettings settings, DateTimeOffset now, CancellationToken ct)
    {
        if (!File.Exists(settings.KeyRingFile) && await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from copies"), ct) > 0)
        {
            return Finding.Wrong($"Mail is out, and the key ring {settings.KeyRingFile} is not there: no link that was ever sent works. Put the file back from a backup.");
        }
        try
        {
            await database.ReadAsync(s => Belonging.LookAsync(s, settings.Node, settings.DataFolder, File.Exists(settings.KeyRingFile) ? KeyRingFile.Read(settings.KeyRingFile, now) : null), ct);
            return Finding.Fine("Database and data folder belong together.");
        }
        catch (Exception e) when (e is StrangerException or InvalidDataException)
        {
            return Finding.Wrong(e.Message);
        }
    }

    static async Task<Finding> WaitingAsync(Database database, TrackerSettings settings, CancellationToken ct)
    {
        var checkpoint = await database.ReadAsync(s => s.ScalarAsync<long?>("select hit_id from checkpoints where node = @node", new { node = (long)settings.Node }), ct) ?? 0;
        var waiting = JournalFiles.Look(settings.JournalFolder, checkpoint).Records;
        return Finding.Fine(waiting == 0
            ? "Every hit in the journal is in the database."
            : string.Create(CultureInfo.InvariantCulture, $"{waiting:N0} hits in the journal wait for the database; a running server stores them."));
    }

    static Finding Wal(Database database) => database.WalBytes >= WalCheckpoints.TellFrom
        ? Finding.Wrong($"SQLite's write-ahead log has {database.WalBytes >> 20} MiB: some program has had the database open and reading for long. End it; never delete {database.SqliteFile}-wal, it holds committed data.")
        : Finding.Fine("Nobody keeps the database from tidying up.");

    // By network and not by address: addresses are stored as hashes that change daily, and a proxy stays in its network over the days.
    // Behind a proxy that is not trusted every hit seems to come from the proxy, and every rule about networks is blind.
    static async Task<Finding> ProxyAsync(Database database, TrackerSettings settings, CancellationToken ct)
    {
        var seen = await database.ReadAsync(s => s.FirstAsync<Source>($"""
            select count(*) as hits, count(distinct source_prefix) as sources, coalesce(max(source_prefix), '') as any
            from (select source_prefix from hits order by id desc limit {LookedAt}) recent
            """), ct);
        return seen is { Hits: >= Enough, Sources: 1 }
            ? Finding.Wrong($"The last {seen.Hits} hits all came from one network ({seen.Any}). If that is your reverse proxy, add it to Tracker:TrustedProxies (now: {string.Join(", ", settings.TrustedProxies)}) and have it send X-Forwarded-For; until then no network can be told from another.")
            : Finding.Fine(seen!.Hits < Enough ? $"Too few hits ({seen.Hits}) to see whether a proxy hides the readers' addresses." : $"The last {seen.Hits} hits came from {seen.Sources} networks.");
    }

    static async Task<Finding> SetAsideAsync(Database database, CancellationToken ct)
    {
        var count = await database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits_set_aside"), ct);
        return count == 0 ? Finding.Fine("No hit was set aside.") : Finding.Wrong($"{count} hit(s) could not be stored and stand in the table hits_set_aside, each with its problem.");
    }
}
