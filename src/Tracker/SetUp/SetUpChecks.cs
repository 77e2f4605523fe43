using System.Data.Common;
using System.Globalization;
using Tracker.Domain.Tokens;
using Tracker.Engagement;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Outbound;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.SetUp;

/// <summary>Whether everything stands that has to for a prospect's look to become a call, looked at from the running server.</summary>
public sealed class SetUpChecks(
    TrackerSettings settings, PublicAddress address, SetUpProbe probe, ClientAddress clients, Database database, HitJournal journal, Projector projector, KeyRing ring, TimeProvider time)
{
    /// <summary>1 GiB: hours of hits of a large installation, and room for the database to work.</summary>
    const long EnoughRoom = 1L << 30;

    static readonly TimeSpan ClocksAgree = TimeSpan.FromSeconds(30), ClocksNearlyAgree = TimeSpan.FromMinutes(2);

    /// <param name="browserNow">What the clock of the one who asks says.</param>
    public async Task<IReadOnlyList<Finding>> RunAsync(DateTimeOffset? browserNow, CancellationToken ct)
    {
        var findings = new List<Finding>();
        foreach (var host in settings.OutboundDefaults.TrackingUrls.Values.Prepend(address.Url).Distinct())
        {
            findings.AddRange(await new PublicCheck(host, address, probe, clients, time.GetUtcNow(), ct).RunAsync());
        }
        findings.AddRange(await DatabaseAsync(ct));
        findings.Add(Browser(browserNow));
        findings.Add(JournalState());
        findings.Add(Disk());
        findings.Add(Keys());
        findings.Add(Wish());
        return findings;
    }

    async Task<IReadOnlyList<Finding>> DatabaseAsync(CancellationToken ct)
    {
        try
        {
            var sql = database.SqliteFile is null ? "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)" : "select cast(strftime('%s', 'now') as integer) * 1000";
            // As a write: one that can only be read stops everything too.
            var theirs = DateTimeOffset.FromUnixTimeMilliseconds(await database.WriteAsync(s => s.ScalarAsync<long>(sql), ct));
            var name = database.SqliteFile is null ? "PostgreSQL" : "SQLite";
            var off = (theirs - time.GetUtcNow()).Duration();
            return
            [
                Finding.Fine("Database", $"{name} answers and can be written."),
                database.SqliteFile is not null || off < ClocksAgree
                    ? Finding.Fine("Clock", $"This server's clock says {time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC.")
                    : Finding.Wrong("Clock", $"The clocks of this server and of the database are {off.TotalSeconds:0} s apart.", "Let both machines set their clocks by NTP (timedatectl set-ntp true): when a look happened decides about whom to call."),
            ];
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException)
        {
            return [Finding.Wrong("Database", $"The database does not take a write: {e.Message}", "Start it, or correct ConnectionStrings:Tracker. Pixels and links work meanwhile, and their hits are kept in the journal.")];
        }
    }

    Finding Browser(DateTimeOffset? theirs)
    {
        if (theirs is not { } at)
        {
            return Finding.Note("Your clock", "Your browser told no time, so the clocks could not be compared.");
        }
        var off = at - time.GetUtcNow();
        return off.Duration() < ClocksNearlyAgree
            ? Finding.Fine("Your clock", "Your computer and this server agree on the time.")
            : Finding.Wrong("Your clock", $"Your computer is {Math.Abs(off.TotalMinutes):0} minutes {(off > TimeSpan.Zero ? "ahead of" : "behind")} this server.", "Let both set their clocks by the network: one of them shows wrong times.");
    }

    Finding JournalState() => journal.Status is { Healthy: false } status
        ? Finding.Wrong("Journal", status.Problem ?? "The journal does not record.", "Free space on the data folder's disk or see what the system's log says of it; links work meanwhile, and their hits are not recorded.")
        : projector.Failing is { } why
            ? Finding.Wrong("Journal", $"Hits are recorded, but do not get into the database: {why}", "Mend the database; nothing is lost, and what waits is stored then.")
            : Finding.Fine("Journal", "Hits are recorded on disk and get into the database.");

    Finding Disk()
    {
        var free = new DriveInfo(settings.DataFolder).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1 << 30):0.0} GiB are free where the data folder is.");
        return free >= EnoughRoom ? Finding.Fine("Disk", text) : Finding.Wrong("Disk", text, "Free some space: when the disk is full, links still work but their hits are not recorded.");
    }

    Finding Keys()
    {
        var open = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(settings.KeyRingFile) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0;
        return open
            ? Finding.Wrong("Key ring", "Others on the server's machine can read the signing keys.", $"chmod 600 {settings.KeyRingFile}")
            : Finding.Note("Key ring", $"{(ring.Keys.Count == 1 ? "One key, and it is" : $"{ring.Keys.Count} keys, and they are")} private.", $"Keep a copy of {settings.KeyRingFile} somewhere else and safe. Whether there is one cannot be seen from here, and without it no link ever sent works again.");
    }

    Finding Wish() => settings.UnknownConsent switch
    {
        TrackerSettings.Off => Finding.Fine("Consent", "Recipients whose wish is unknown are not tracked."),
        TrackerSettings.Track => Finding.Fine("Consent", "Recipients whose wish is unknown are tracked, as it was chosen."),
        _ => Finding.Note("Consent", "Recipients whose wish is unknown are tracked, because the public address is this machine's own.", "With a public address you will have to choose: Tracker:UnknownConsent."),
    };
}
